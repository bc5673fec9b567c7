import KalturaCore
import Testing

@Suite struct CryptoTests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (String(repeating: "a", count: 1_000), "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
    ])
    func `SHA-256 gives the published digests`(message: String, digest: String) {
        #expect(SHA256.hex(Array(message.utf8)) == digest)
    }

    @Test func `lengths around the block border differ from each other`() {
        let digests = Set((50...70).map { SHA256.hex([UInt8](repeating: 0x61, count: $0)) })
        #expect(digests.count == 21)
        #expect(
            SHA256.hex([UInt8](repeating: 0x61, count: 64)) == "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb")
    }

    @Test func `constant-time comparison tells equal from different, of any lengths`() {
        for length in 0...33 {
            let bytes = (0..<length).map { UInt8($0) }
            #expect(ConstantTime.equal(bytes, bytes))
            for place in 0..<length {
                var other = bytes
                other[place] ^= 0x80
                #expect(!ConstantTime.equal(bytes, other))
            }
            #expect(!ConstantTime.equal(bytes, bytes + [0]))
            #expect(!ConstantTime.equal(bytes + [0], bytes))
        }
        #expect(!ConstantTime.equal([1, 2, 1, 2], [1, 2]))
    }

    @Test func `a token prints only its mask, however it is printed`() {
        let token = Token("a1b2c3d4")
        var dumped = ""
        dump(token, to: &dumped)
        for text in ["\(token)", String(describing: token), String(reflecting: token), dumped, "\([token])"] {
            #expect(!text.contains("b2c3d4"))
        }
        #expect(token.masked == "a1…")
        #expect(Token("abc").masked == "…")
        #expect(Token("\u{1}bcdef").masked == "…")
        #expect(token == Token("a1b2c3d4"))
        #expect(token != Token("a1b2c3d5"))
    }

    @Test(arguments: [("00ff", [0, 255]), ("AbCd", [0xAB, 0xCD]), ("", [])] as [(String, [UInt8])])
    func `hexadecimal text reads`(text: String, bytes: [UInt8]) {
        #expect(Hex.bytes(text) == bytes)
        #expect(Hex.text(bytes) == text.lowercased())
    }

    @Test(arguments: ["0", "0g", "é0", "0x00"]) func `other text is not hexadecimal`(text: String) {
        #expect(Hex.bytes(text) == nil)
    }
}
