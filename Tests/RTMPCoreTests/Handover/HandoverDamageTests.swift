import Formats
import TestSupport
import Testing

@testable import RTMPCore

/// A blob comes from another image, perhaps another process: whatever is in it, reading it throws or makes a session that works.
@Suite struct HandoverDamageTests {
    /// Sessions in many states, and what their peers would have sent next.
    static let blobs: [(blob: [UInt8], rest: [UInt8])] = Script.all.flatMap { script in
        [700, 1600, 3100, 3400, 4200, script.bytes.count - 60].filter { $0 > 0 && $0 < script.bytes.count }.map { cut in
            var peer = SessionPeer()
            peer.feed(Array(script.bytes[..<cut]))
            return (peer.session.exported(), Array(script.bytes[cut...]))
        }
    }

    /// Does with a session what a glue does.
    static func use(_ session: RTMPSession, _ rest: [UInt8]) {
        var peer = SessionPeer()
        peer.session = session
        _ = peer.session.nextDeadline
        peer.session.tick(at: peer.now + 1)
        peer.drain()
        peer.feed(Array(rest[..<(rest.count / 2)]), piece: 97)
        peer.session.answerConnect(.allow, at: peer.now)
        for stream in UInt32(0)...3 {
            peer.session.answerPublish(stream: stream, .allow, at: peer.now)
            peer.session.answerPlay(stream: stream, .allow, at: peer.now)
        }
        peer.drain()
        peer.feed(Array(rest[(rest.count / 2)...]))
        for stream in UInt32(0)...3 { peer.session.streamEnded(stream: stream, at: peer.now) }
        peer.session.tick(at: .max)
        peer.session.peerClosed()
        peer.drain()
        #expect(peer.session.isClosed && peer.session.nextDeadline == nil)
    }

    @Test func truncatedAtEachLengthABlobIsRefused() {
        for (blob, _) in Self.blobs {
            for length in 0..<blob.count {
                #expect(throws: BlobError.self) { try RTMPSession(imported: Array(blob[..<length])) }
            }
        }
    }

    @Test func flippedBitsMakeASessionThatWorksOrNone() {
        var random = SeededGenerator(seed: 4)
        var taken = 0
        for (blob, rest) in Self.blobs {
            for round in 0..<100 {
                var broken = blob
                for _ in 0...(round % 3) { broken[Int(random.next() % UInt64(broken.count))] ^= 1 << UInt8(random.next() % 8) }
                guard let session = try? RTMPSession(imported: broken) else { continue }
                taken += 1
                // What was taken is a state of its own: it can be handed on.
                let again = session.exported()
                #expect((try? RTMPSession(imported: again))?.exported() == again)
                Self.use(session, Array(rest.prefix(2000)))
            }
        }
        #expect(taken > 300)
    }

    @Test func randomBytesBehindTheHeaderNeverTrap() {
        var random = SeededGenerator(seed: 5)
        for round in 0..<20_000 {
            let noise = random.bytes(round % 200).map { round % 2 == 0 ? $0 : $0 & 3 }
            guard let session = try? RTMPSession(imported: Array("RTMP".utf8) + [0, 1] + noise) else { continue }
            Self.use(session, [])
        }
    }

    @Test func largestNumbersNeverTrap() {
        for (blob, rest) in Swift.stride(from: 0, to: Self.blobs.count, by: 5).map({ Self.blobs[$0] }) {
            for place in 6..<min(blob.count - 8, 600) {
                for filling in [UInt8(0), 0x7F, 0x80, 0xFF] {
                    var broken = blob
                    broken.replaceSubrange(
                        place..<place + 8, with: [filling] + [UInt8](repeating: filling == 0 ? 0 : 0xFF, count: 7))
                    guard let session = try? RTMPSession(imported: broken) else { continue }
                    Self.use(session, Array(rest.prefix(300)))
                }
            }
        }
    }
}
