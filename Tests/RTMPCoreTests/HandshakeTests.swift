import Testing

@testable import RTMPCore

@Suite struct HandshakeTests {
    /// Feeds `bytes` in pieces; gives what came out, and how many bytes were left over.
    private func run(_ bytes: [UInt8], piece: Int) throws -> (out: [UInt8], done: Bool, rest: Int) {
        var handshake = RTMPHandshake(seed: 7)
        var out: [UInt8] = []
        var taken = 0
        for start in stride(from: 0, to: bytes.count, by: piece) {
            let part = Array(bytes[start..<min(start + piece, bytes.count)])
            var offset = 0
            try part.withUnsafeBytes { raw in
                while offset < raw.count, !handshake.isDone {
                    if let answer = try handshake.receive(raw, &offset) { out += answer }
                }
            }
            taken += offset
        }
        return (out, handshake.isDone, bytes.count - taken)
    }

    @Test(arguments: [1, 7, 1536, 1537, 5000])
    func simpleHandshakeEchoesC1(piece: Int) throws {
        var random = SeededBytes(1)
        let c1: [UInt8] = [0, 0, 0, 9, 0, 0, 0, 0] + random.bytes(1528)
        let (out, done, rest) = try run([3] + c1 + random.bytes(1536) + [1, 2, 3], piece: piece)
        #expect(out.count == 3073)
        #expect(out[0] == 3)
        #expect(Array(out[1537...]) == c1)
        #expect(Array(out[1..<9]) == [UInt8](repeating: 0, count: 8))
        #expect(done)
        #expect(rest == 3)
    }

    @Test(arguments: [0, 1], [1, 4096])
    func digestHandshakeIsSigned(scheme: Int, piece: Int) throws {
        var random = SeededBytes(UInt64(scheme) + 10)
        var c1: [UInt8] = [0, 0, 0, 9, 9, 0, 124, 2] + random.bytes(1528)
        let place = RTMPDigest.place(c1, scheme)
        let key = Array(RTMPDigest.playerKey[..<30])
        let digest = RTMPDigest.authenticate(c1, without: place, key: key)
        c1.replaceSubrange(place..<place + 32, with: digest)
        let (out, done, rest) = try run([3] + c1 + random.bytes(1536), piece: piece)
        #expect(done && rest == 0)
        let s1 = Array(out[1..<1537])
        let s2 = Array(out[1537...])
        let there = RTMPDigest.place(s1, scheme)
        #expect(
            Array(s1[there..<there + 32]) == RTMPDigest.authenticate(s1, without: there, key: Array(RTMPDigest.serverKey[..<36])))
        #expect(s2 == RTMPDigest.response(to: digest, filling: Array(s2[..<1504])))
        #expect(s2 != c1)
    }

    @Test func versionWithoutDigestGetsTheSimpleAnswer() throws {
        var random = SeededBytes(3)
        let c1: [UInt8] = [0, 0, 0, 0, 128, 0, 7, 2] + random.bytes(1528)
        let (out, _, _) = try run([3] + c1, piece: 100)
        #expect(Array(out[1537...]) == c1)
    }

    @Test(
        arguments: [
            (0x16, RTMPForeignProtocol.tls), (0x47, .http), (0x50, .http), (6, .encryptedRTMP), (0, .unknown), (0xFF, .unknown),
        ] as [(UInt8, RTMPForeignProtocol)])
    func otherProtocolsAreNamed(first: UInt8, guess: RTMPForeignProtocol) {
        #expect(throws: RTMPError.version(first, guess: guess)) { try run([first, 3, 1], piece: 1) }
    }

    @Test func truncatedAtEachLengthAnswersOnlyAWholeC1() throws {
        var random = SeededBytes(5)
        let bytes: [UInt8] = [3] + random.bytes(1536)
        for length in stride(from: 0, through: 1537, by: 13) {
            #expect(try run(Array(bytes[..<length]), piece: 500).out.count == (length == 1537 ? 3073 : 0))
        }
    }

    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func sha256(text: String, hex: String) {
        #expect(Self.hex(SHA256.hash(Array(text.utf8))) == hex)
    }

    /// RFC 4231 test cases 2 and 6.
    @Test func hmac() {
        let two = SHA256.authenticate(Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(Self.hex(two) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        let six = SHA256.authenticate(
            Array("Test Using Larger Than Block-Size Key - Hash Key First".utf8), key: [UInt8](repeating: 0xAA, count: 131))
        #expect(Self.hex(six) == "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54")
    }

    static func hex(_ bytes: [UInt8]) -> String {
        bytes.map { (byte: UInt8) -> String in
            let digits = Array("0123456789abcdef")
            return String(digits[Int(byte >> 4)]) + String(digits[Int(byte & 15)])
        }.joined()
    }
}
