import KalturaCore
import TestSupport
import Testing

@Suite struct SRTPassphraseTests {
    /// SPEC §2.5.
    static let vectors: [(pass: String, key: SRTPassphrase.Key, ep: String)] = [
        (
            "correct-horse-7", SRTPassphrase.Key(key: "0123456789abcdef0123456789abcdef", iv: "fedcba9876543210"),
            "egoOFGgjXGRBYoqoFmzqHQ"
        ),
        (
            "sixteen-byte-pwd", SRTPassphrase.Key(key: "shortkey", iv: "fedcba9876543210EXTRA"),
            "MiW0rnUSsVxrPuGv3tdfzzZfta9_1nk-r-FRi8cW3Rg"
        ),
    ]

    @Test(arguments: vectors.indices) func `the vectors, both ways`(number: Int) throws {
        let row = Self.vectors[number]
        #expect(SRTPassphrase(row.pass)?.encrypted(row.key) == row.ep)
        #expect(try #require(SRTPassphrase(decrypting: row.ep, row.key)).withText { $0 } == row.pass)
    }

    @Test func `what is no ep of this key is refused, and nothing shows a passphrase`() throws {
        let row = Self.vectors[0]
        for ep in [
            "", "x", "====", String(row.ep.dropLast()), String(repeating: "A", count: 500), "egoOFGgjXGRBYoqoFmzqHQegoOFG",
        ] {
            #expect(SRTPassphrase(decrypting: ep, row.key) == nil, "\(ep)")
        }
        #expect(SRTPassphrase("too short") == nil && SRTPassphrase(String(repeating: "x", count: 80)) == nil)
        let pass = try #require(SRTPassphrase(row.pass))
        #expect(!"\(pass) \(String(reflecting: pass))".contains("horse"))
        var random = SeededGenerator(seed: 7)
        for _ in 0..<300 {
            let length = Int.random(in: 10...79, using: &random)
            let text = String((0..<length).map { _ in "abcdefghijklmnopqrstuvwxyz-._ ".randomElement(using: &random) ?? "a" })
            let made = try #require(SRTPassphrase(text))
            let ep = try #require(made.encrypted(row.key))
            #expect(SRTPassphrase(decrypting: ep, row.key) == made)
        }
    }
}
