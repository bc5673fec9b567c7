import KalturaCore
import Testing

@Suite struct SmallPartsTests {
    @Test(arguments: [
        ("", "203.0.113.1", true), ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "::ffff:192.0.2.1", true),
        ("192.0.2.1", "192.0.2.2", false), ("192.0.2.0/25", "192.0.2.127", true), ("192.0.2.0/25", "192.0.2.128", false),
        ("0.0.0.0/0", "8.8.8.8", true), ("0.0.0.0/0", "2001:db8::1", false), ("2001:db8::/32", "2001:db8:1::5", true),
        ("2001:db8::/32", "2001:db9::5", false), ("10.0.0.1, 10.0.0.2", "10.0.0.2", true), ("nonsense", "10.0.0.1", false),
        ("10.0.0.0/33", "10.0.0.1", false), ("10.0.0.0/8/8", "10.0.0.1", false), ("10.0.0.1", "", false),
        ("::/0", "10.0.0.1", true),
    ])
    func `sources are addresses and prefixes, and a mistake opens nothing`(list: String, source: String, inside: Bool) {
        #expect(SourceList(list).contains(source) == inside, "\(list) \(source)")
    }

    @Test func `the ring keeps the last hundred, oldest first`() {
        var ring = RejectionRing()
        let shown = MaskedAddress(address("rtmp://h/kLive"), rules: AddressRules())
        for i in 0..<250 { ring.record(Rejection(time: Int64(i), address: shown, source: "s", refusal: Refusal(.badToken))) }
        #expect(ring.all.map(\.time) == Array(150..<250).map(Int64.init))
        #expect(ring.total == 250)
    }

    @Test(arguments: [
        "null", "true", "[1,-2,0.5,\"x\"]", "{\"a\":{\"b\":[]},\"c\":{}}", "\"\\u0000\\n\\\"\\\\é😀\"", "9223372036854775807",
        "-0.25",
    ])
    func `JSON text survives reading and writing`(text: String) throws {
        let json = try JSON(text)
        #expect(try JSON(json.text) == json)
        #expect(json.text == text)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\"}", "{\"a\":}", "tru", "\"\u{1}\"", "\"\\x\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "1 2", "+1",
        ".5", "--1", "1e999",
        "\"abc", "\"\\u12", String(repeating: "[", count: 100_000),
    ])
    func `what is not JSON is refused`(text: String) {
        #expect(throws: JSON.SyntaxError.self) { try JSON(text) }
    }

    @Test func `JSON of every length and with flipped bits never traps`() throws {
        let bytes = Array("{\"a\":[1,2.5e3,\"x\\u00e9\\ud83d\\ude00\"],\"b\":{\"c\":null,\"d\":true}}".utf8)
        for length in 0..<bytes.count { #expect((try? JSON(Array(bytes[..<length]))) == nil) }
        var random = SeededGenerator(state: 7)
        for _ in 0..<5000 {
            var changed = bytes
            changed[Int.random(in: 0..<bytes.count, using: &random)] ^= UInt8(1) << UInt8.random(in: 0..<8, using: &random)
            if let json = try? JSON(changed) { #expect(try JSON(json.text) == json) }
        }
    }

    @Test func `a pair of surrogates is one character`() throws {
        #expect(try JSON("\"\\ud83d\\ude00\"").string == "😀")
        #expect(try JSON("{\"a\":1,\"a\":2}")["a"]?.integer == 2)
        #expect(try JSON("\"32\"").lenientInteger == 32)
        #expect(try JSON("1").lenientBool == true)
    }
}
