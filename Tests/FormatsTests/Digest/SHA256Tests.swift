import Formats
import Testing

@Suite struct SHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (String(repeating: "a", count: 64), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
        (String(repeating: "a", count: 1_000), "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
    ])
    func `SHA-256 gives the published digests`(message: String, digest: String) {
        #expect(SHA256.hex(Array(message.utf8)) == digest)
        #expect(SHA256.digest(Array(message.utf8)) == Hex.bytes(digest))
    }

    /// The bytes 0, 1, 2 …, hashed at every length from 0 to 200; the digests of all, in a row, hashed again.
    @Test func `every length around the borders of a block is padded rightly`() {
        let digests = (0...200).flatMap { length in SHA256.digest((0..<length).map { UInt8(truncatingIfNeeded: $0) }) }
        #expect(digests.count == 201 * SHA256.digestLength)
        #expect(SHA256.hex(digests) == "64ef7c229fce2408b5336b6a542fea0e078c3a87d2da85cb3fc52e2008b65021")
    }

    /// RFC 4231 §4.2 to §4.4, §4.7 and §4.8.
    @Test(
        arguments: [
            (
                [UInt8](repeating: 0x0B, count: 20), Array("Hi There".utf8),
                "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"
            ),
            (
                Array("Jefe".utf8), Array("what do ya want for nothing?".utf8),
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
            ),
            (
                [UInt8](repeating: 0xAA, count: 20), [UInt8](repeating: 0xDD, count: 50),
                "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"
            ),
            (
                [UInt8](repeating: 0xAA, count: 131), Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8),
                "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"
            ),
            (
                [UInt8](repeating: 0xAA, count: 131),
                Array(
                    ("This is a test using a larger than block-size key and a larger than block-size data. "
                        + "The key needs to be hashed before being used by the HMAC algorithm.").utf8),
                "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"
            ),
        ] as [([UInt8], [UInt8], String)])
    func `HMAC-SHA-256 gives the published codes`(key: [UInt8], message: [UInt8], code: String) {
        #expect(Hex.text(SHA256.authenticationCode(message, key: key)) == code)
    }

    /// A key of a whole block is used as it is, one byte more is hashed first.
    @Test func `keys around a block's length`() {
        let message: [UInt8] = [1, 2, 3]
        #expect(
            SHA256.authenticationCode(message, key: [UInt8](repeating: 7, count: 64))
                == Hex.bytes("68cf7370f54c11608f5741c0d9c23d49b4644cabcd873c0f2ba588188ff28e8d"))
        #expect(
            SHA256.authenticationCode(message, key: [UInt8](repeating: 7, count: 65))
                == Hex.bytes("4ad9c7169e057df03022571b89878f167ceeb8f47c49a21ef3f87a168ec0b612"))
    }
}
