import HostPaths
import Testing

@Suite struct NameTests {
    @Test(arguments: ["a", "0_ab12cd34~b", "größe", "a b", "...", "..a", "%2e%2e", String(repeating: "x", count: 255)])
    func accepts(_ text: String) throws {
        #expect(try Name(validating: text).text == text)
        #expect(try Name(validating: Array(text.utf8)).text == text)
    }

    static let refused: [(String, NameError)] = [
        ("", .empty), (".", .dotPart), ("..", .dotPart), ("~t", .leadingTilde), ("a/b", .separator), ("a\\b", .separator),
        ("a\nb", .controlCharacter(10)), ("\0", .controlCharacter(0)), ("\u{7F}", .controlCharacter(0x7F)),
        ("a\u{85}", .controlCharacter(0x85)), ("a\u{202E}b", .controlCharacter(0x202E)), ("\u{2028}", .controlCharacter(0x2028)),
        (String(repeating: "x", count: 256), .tooLong(bytes: 256)), (String(repeating: "é", count: 128), .tooLong(bytes: 256)),
    ]

    @Test(arguments: refused)
    func refuses(_ text: String, _ error: NameError) {
        #expect(throws: error) { try Name(validating: text) }
        #expect(Name(text) == nil)
        #expect(!error.description.contains("\n"))
    }

    @Test func bytesMustBeUTF8() {
        #expect(throws: NameError.invalidUTF8) { try Name(validating: [0xC0, 0xAE]) }
        #expect(throws: NameError.invalidUTF8) { try Name(validating: [0xED, 0xA0, 0x80]) }
    }

    @Test func spellingsOfOneLetterAreTwoNames() throws {
        let composed = try Name(validating: "\u{E9}")
        let decomposed = try Name(validating: "e\u{301}")
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
    }

    @Test func streamKeySpeaksItsPath() throws {
        let key = try #require(StreamKey(app: "live", stream: "a"))
        #expect(key.description == "live/a")
        #expect(StreamKey(app: "live", stream: "a/b") == nil)
        #expect(key < StreamKey(app: "live", stream: "b") ?? key)
    }
}
