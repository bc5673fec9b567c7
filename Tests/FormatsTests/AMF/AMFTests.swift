import Formats
import TestSupport
import Testing

@Suite struct AMFTests {
    @Test(arguments: AMFCase.amf0) func amf0(_ line: AMFCase) throws {
        #expect(try AMF0.decodeAll(line.bytes) == [line.value])
        let encoded = AMF0.encode([line.value])
        if line.isCanonical { #expect(encoded == line.bytes) }
        #expect(try AMF0.decodeAll(encoded) == [line.value])
    }

    @Test(arguments: AMFCase.amf3) func amf3(_ line: AMFCase) throws {
        #expect(try AMF3.decodeAll(line.bytes) == [line.value])
        let encoded = AMF3.encode([line.value])
        if line.isCanonical { #expect(encoded == line.bytes) }
        let again = try AMF3.decodeAll(encoded)
        #expect(AMF3.encode(again) == encoded)
        // In AMF0 behind a switch for each.
        #expect(try AMF0.decodeAll([0x11] + line.bytes) == [line.value])
    }

    @Test(arguments: AMFCase.amf0) func truncatedAMF0(_ line: AMFCase) {
        for count in 1..<max(1, line.bytes.count) where !(line.name == "ECMA array" && count == line.bytes.count - 3) {
            guard line.name != "ECMA array that lies about its count" else { continue }
            #expect(throws: AMFError.self, "\(count) bytes") { try AMF0.decodeAll(line.bytes.prefix(count)) }
        }
    }

    @Test(arguments: AMFCase.amf3) func truncatedAMF3(_ line: AMFCase) {
        for count in 1..<max(1, line.bytes.count) {
            #expect(throws: AMFError.self, "\(count) bytes") { try AMF3.decodeAll(line.bytes.prefix(count)) }
        }
    }

    @Test func severalValuesAndNone() throws {
        let command: [AMFValue] = ["connect", 1, ["app": "live"]]
        let bytes = AMF0.encode(command)
        #expect(try AMF0.decodeAll(bytes) == command)
        #expect(try bytes.withUnsafeBytes { try AMF0.decodeAll($0) } == command)
        #expect(try AMF0.decodeAll([UInt8]()).isEmpty)
        var reader = ByteReader(bytes)
        #expect(try AMF0.decode(&reader) == "connect")
        #expect(reader.position == 10)
    }

    @Test func longStringIsChosenBySize() throws {
        let text = String(repeating: "x", count: 65_536)
        let bytes = AMF0.encode([.string(text)])
        #expect(bytes.prefix(5) == [0x0C, 0, 1, 0, 0])
        #expect(try AMF0.decodeAll(bytes) == [.string(text)])
    }

    @Test func accessors() {
        let value: AMFValue = ["a": 1, "b": "text", "c": [true], "a": 2]
        #expect(value["a"]?.doubleValue == 2)
        #expect(value["a"]?.uint32Value == 2)
        #expect(value["b"]?.stringValue == "text")
        #expect(value["c"]?.arrayValues == [true])
        #expect(value["d"] == nil)
        #expect(value["b"]?["x"] == nil)
        #expect(AMFValue.number(-1).uint32Value == nil)
        #expect(AMFValue.number(.nan).uint32Value == nil)
        #expect(AMFValue.number(1e300).uint32Value == nil)
        #expect(AMFValue.null.isNull)
    }

    @Test func aNameTooLongIsCutAtACharacter() throws {
        let name = String(repeating: "é", count: 40_000)
        let bytes = AMF0.encode([.object([AMFProperty(name, .null)])])
        let names = try AMF0.decodeAll(bytes).first?.objectProperties?.map(\.name)
        #expect(names == [String(repeating: "é", count: 32_767)])
    }

    @Test func flippedBitsNeverTrap() {
        var generator = SeededGenerator(seed: 1)
        for line in AMFCase.amf0 + AMFCase.amf3 {
            for _ in 0..<300 {
                let bytes = flipped(line.bytes, &generator)
                if let values = try? AMF0.decodeAll(bytes) { #expect(AMF0.encode(values).count <= 64 + 32 * bytes.count) }
                if let values = try? AMF3.decodeAll(bytes) { #expect(AMF3.encode(values).count <= 64 + 32 * bytes.count) }
            }
        }
    }
}
