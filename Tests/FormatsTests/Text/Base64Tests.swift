import Formats
import TestSupport
import Testing

@Suite struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
        ("foobar", "Zm9vYmFy"),
        ("\u{3E}\u{3F}\u{3F}>?", "Pj8/Pj8="),
    ])
    func `texts of RFC 4648 both ways`(plain: String, encoded: String) {
        #expect(Base64.encode(Array(plain.utf8)) == encoded)
        #expect(Base64.decode(encoded) == Array(plain.utf8))
        #expect(Base64.decode(encoded.replacing("=", with: "")) == Array(plain.utf8))
        let url = Base64.encode(Array(plain.utf8), isURLSafe: true, isPadded: false)
        #expect(url == encoded.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: ""))
        #expect(Base64.decode(url) == Array(plain.utf8))
    }

    @Test(arguments: ["A", "A===", "AA=A", "=", "====", "Zg=", "Zh==", "Zm9=", "Z g=", "Zm9v\n", "Zm9v*", "ü"])
    func `anything else is refused`(text: String) { #expect(Base64.decode(text) == nil) }

    @Test func `random bytes come back`() {
        var random = SeededGenerator(seed: 7)
        for length in 0..<200 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
            #expect(Base64.decode(Base64.encode(bytes, isURLSafe: true, isPadded: false)) == bytes)
        }
    }
}
