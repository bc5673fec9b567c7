import Formats
import SluiceJSON

/// AMF0 and AMF3: no input traps, and what was accepted is written in a form that stays the same when read and written again.
func fuzzAMF(_ bytes: UnsafeRawBufferPointer) {
    // A decoded message is at most 4,096 values and 4 MiB of text (tripled where it was not UTF-8).
    let bound = 4096 * 32 + 3 * (4 << 20)
    if let values = try? AMF0.decodeAll(bytes) {
        let once = AMF0.encode(values)
        precondition(once.count <= bound, "grew beyond the limits")
        let twice = (try? AMF0.decodeAll(once, limits: AMFLimits(depth: 33, values: 8192, bytes: bound))).map(AMF0.encode)
        precondition(twice == once, "AMF0 is not stable")
    }
    if let values = try? AMF0.decodeAll(bytes, limits: AMFLimits(depth: 16, values: 512, bytes: 16 << 10)) {
        let text = AMFValue.strictArray(values).json.serialized()
        precondition((try? JSONValue(parsing: text))?.serialized() == text, "what players are told is no JSON")
    }
    if let values = try? AMF3.decodeAll(bytes) {
        let once = AMF3.encode(values)
        precondition(once.count <= bound, "grew beyond the limits")
        let twice = (try? AMF3.decodeAll(once, limits: AMFLimits(depth: 33, values: 8192, bytes: bound))).map(AMF3.encode)
        precondition(twice == once, "AMF3 is not stable")
        _ = AMF0.encode(values)
    }
}
