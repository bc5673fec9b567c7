import Formats
import Testing

@Suite struct TextTests {
    @Test(arguments: [("00ff", [0, 255]), ("AbCd", [0xAB, 0xCD]), ("", [])] as [(String, [UInt8])])
    func `hexadecimal text reads and is written`(text: String, bytes: [UInt8]) {
        #expect(Hex.bytes(text) == bytes)
        #expect(Hex.text(bytes) == text.lowercased())
        #expect(Hex.text(bytes, uppercase: true) == text.uppercased())
    }

    @Test(arguments: ["0", "0g", "é0", "0x00", "/0", ":0", "@0", "`0"])
    func `other text is not hexadecimal`(text: String) {
        #expect(Hex.bytes(text) == nil)
    }

    @Test(arguments: [
        ("", ""), ("abc", "abc"), ("a%20b", "a b"), ("%41%62", "Ab"), ("%2541", "%41"), ("100%", "100%"), ("%4", "%4"),
        ("%zz", "%zz"),
        ("%%41", "%A"), ("a+b", "a+b"), ("%c3%A9", "é"),
    ])
    func `percent-decoding happens once, and leaves what it cannot read`(text: String, decoded: String) {
        #expect(PercentDecoding.decode(Array(text.utf8)[...]) == Array(decoded.utf8))
        #expect(PercentDecoding.decode(Array(("??" + text).utf8).dropFirst(2)) == Array(decoded.utf8))
    }
}
