import KalturaCore

/// The input as JSON text: what is read is written in a form that reads the same; as configuration nothing traps.
func fuzzKalturaJSON(_ bytes: UnsafeRawBufferPointer) {
    let array = Array(bytes)
    guard let json = try? JSON(array) else { return }
    let text = json.text
    guard let again = try? JSON(text) else { preconditionFailure("own text refused") }
    precondition(again == json, "the value changed")
    precondition(again.text == text, "the text changed")
    _ = try? Configuration(json: text)
}
