import TestSupport
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
        var random = SeededGenerator(seed: 1)
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
        var random = SeededGenerator(seed: UInt64(scheme) + 10)
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
        var random = SeededGenerator(seed: 3)
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
        var random = SeededGenerator(seed: 5)
        let bytes: [UInt8] = [3] + random.bytes(1536)
        for length in stride(from: 0, through: 1537, by: 13) {
            #expect(try run(Array(bytes[..<length]), piece: 500).out.count == (length == 1537 ? 3073 : 0))
        }
    }
}
