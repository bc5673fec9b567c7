import KalturaCore
import Testing

@Suite struct CryptoTests {
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
}
