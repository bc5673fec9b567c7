import CSluice
import Foundation
import Synchronization
import Testing

@testable import HostIsolation

/// Sessions in a process of their own: whatever dies, what the peer gets and what is published is whole, and nothing comes twice.
@Suite struct SessionTests {
    /// What session.c answers to these bytes, once it publishes.
    struct Expected {
        var sent: [UInt8] = []
        var pushed: [UInt8] = []
        private var sum: UInt8 = 7
        private var count: UInt8 = 0

        mutating func tell(_ bytes: [UInt8]) {
            for byte in bytes {
                sum = sum &* 31 &+ byte
                sent += [sum, byte]
                count &+= 1
                if count % 3 == 0 { pushed.append(sum) }
            }
        }
    }

    private func publisher(_ hosted: HostedProtocol, _ connection: UInt64) throws -> HostedProtocol.Peer {
        let peer = hosted.peer(connection)
        peer.send("A")
        try #require(eventually { peer.state.tracks == 1 })
        return peer
    }

    private func letters(_ seed: inout UInt64) -> [UInt8] {
        (0..<(1 + Int(next(&seed) % 50))).map { _ in 97 + UInt8(truncatingIfNeeded: next(&seed) % 26) }
    }

    private func next(_ seed: inout UInt64) -> UInt64 {
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return seed >> 33
    }

    @Test(arguments: [1, 2, 3, 7, 50])
    func deathsLoseNothingAndRepeatNothing(every: Int) throws {
        let hosted = try HostedProtocol(checkpointEach: every)
        let peer = try publisher(hosted, 1)
        let other = try publisher(hosted, 2)
        var expected = Expected()
        var seed = UInt64(every)
        for death in 1...4 {
            let moment = Int(next(&seed) % 60)
            for index in 0..<60 {
                if index == moment { hosted.kill() }
                let bytes = letters(&seed)
                expected.tell(bytes)
                peer.send(bytes)
                other.send(bytes)
                if index % 3 == 0 { usleep(UInt32(next(&seed) % 1500)) }
            }
            #expect(hosted.hosted.waitUntilRunning(restarts: death))
            // Come through, before it dies again.
            let count = expected.sent.count
            try #require(peer.eventually(sent: count) && other.eventually(sent: count))
        }
        for one in [peer, other] {
            #expect(eventually { one.state.pushed.count >= expected.pushed.count })
            let state = one.state
            #expect(state.closed == nil)
            let isWhole = (sent: state.sent == expected.sent, pushed: state.pushed == expected.pushed)
            #expect(isWhole == (true, true), "\(state.sent.count) of \(expected.sent.count) bytes")
            #expect((state.asked, state.published, state.tracks) == (1, 1, 1))
            #expect(!state.isPaused)
        }
    }

    @Test func aQuestionOutlivesWhoAskedIt() throws {
        let hosted = try HostedProtocol()
        hosted.host.questions.withLock { $0.areHeld = true }
        let peer = hosted.peer(1)
        peer.send("abA")
        #expect(eventually { peer.state.asked == 1 })
        hosted.kill()
        #expect(hosted.hosted.waitUntilRunning(restarts: 1))
        peer.send("cd")
        #expect(peer.eventually(sent: 8))
        hosted.host.answerHeld()
        #expect(eventually { peer.state.tracks == 1 })
        #expect((peer.state.asked, peer.state.published) == (1, 1))
    }

    @Test func whatKillsTwiceIsCut() throws {
        let hosted = try HostedProtocol()
        let bad = hosted.peer(1)
        let good = try publisher(hosted, 2)
        bad.send("abcX")
        #expect(bad.isClosed(with: "twice"))
        bad.close()
        #expect(hosted.hosted.waitUntilRunning(restarts: 2))
        good.send("abc")
        #expect(good.eventually(sent: 6))
        #expect(good.state.closed == nil && hosted.module.figures.restarts == 2)
    }

    @Test func withoutCheckpointsTheConnectionEnds() throws {
        let hosted = try HostedProtocol(checkpointEach: 0)
        let (used, unused) = (hosted.peer(1), hosted.peer(2))
        used.send("ab")
        #expect(used.eventually(sent: 4))
        hosted.kill()
        #expect(used.isClosed(with: "it gave no checkpoint"))
        // Nothing had happened yet: it begins anew.
        #expect(hosted.hosted.waitUntilRunning(restarts: 1))
        unused.send("ab")
        #expect(unused.eventually(sent: 4))
        #expect(unused.state.closed == nil)
    }

    @Test func tooMuchSinceTheCheckpoint() throws {
        let hosted = try HostedProtocol(checkpointEach: 1_000_000)
        let peer = hosted.peer(1)
        // The checkpoint of its beginning has come, then.
        peer.send("a")
        #expect(peer.eventually(sent: 2))
        peer.send("Q")
        peer.send([UInt8](repeating: 97, count: 300 << 10))
        peer.send("T")
        #expect(peer.eventually(sent: 9))
        hosted.kill()
        #expect(peer.isClosed(with: "more than 256 KiB"))
    }

    @Test func quarantineEndsWhatIsOpenAndRefusesWhatComes() throws {
        let hosted = try HostedProtocol()
        let peer = hosted.peer(1)
        peer.send("a")
        #expect(peer.eventually(sent: 2))
        for death in 1...5 {
            hosted.kill()
            let isNext = eventually { hosted.module.figures.restarts >= death || hosted.hosted.state == .quarantined }
            #expect(isNext)
        }
        // Killed twice while it reads the session's bytes again, that is what is suspected.
        #expect(eventually { ["quarantined", "twice"].contains { peer.state.closed?.contains($0) == true } })
        let late = HostedProtocol.Peer(hosted, 2)
        #expect(hosted.open(late)?.contains("quarantined") == true)
    }

    @Test func whoSendsFasterThanItReadsIsHeld() throws {
        let hosted = try HostedProtocol()
        let peer = hosted.peer(1)
        peer.send("Q")
        let piece = [UInt8](repeating: 1, count: 1 << 20)
        for _ in 0..<24 { peer.send(piece) }
        #expect(peer.state.pauses > 0)
        peer.send("T")
        #expect(eventually { String(decoding: peer.state.sent, as: UTF8.self) == "\(24 << 20);" })
        #expect(eventually { !peer.state.isPaused })
    }

    @Test func itEndsInEveryWay() throws {
        let hosted = try HostedProtocol()
        let refused = HostedProtocol.Peer(hosted, 1)
        _ = hosted.open(refused, listener: "refuse")
        #expect(refused.isClosed(with: "not this listener"))
        let (failing, leaving, stopped, timed) = (hosted.peer(2), hosted.peer(3), hosted.peer(4), hosted.peer(5))
        failing.send("aF")
        #expect(failing.isClosed(with: "a bad byte"))
        leaving.send("aZ")
        #expect(leaving.isClosed(with: "goodbye"))
        stopped.stop()
        #expect(stopped.isClosed(with: "stopped"))
        timed.timer()
        #expect(timed.eventually(sent: 2))
        for peer in [refused, failing, leaving, stopped, timed] { peer.close() }
        #expect(hosted.module.figures.restarts == 0)
    }

    @Test func fromOneProcessIntoAnother() throws {
        let (first, second) = (try HostedProtocol(), try HostedProtocol())
        let peer = try publisher(first, 1)
        var expected = Expected()
        for text in ["abc", "defgh"] {
            expected.tell(Array(text.utf8))
            peer.send(text)
        }
        let blob = try #require(first.take(peer))
        let moved = HostedProtocol.Peer(second, 1)
        #expect(second.open(moved, blob: blob) == nil)
        expected.tell(Array("ijk".utf8))
        moved.send("ijk")
        second.kill()
        #expect(second.hosted.waitUntilRunning(restarts: 1))
        expected.tell(Array("lmnop".utf8))
        moved.send("lmnop")
        #expect(eventually { peer.state.sent.count + moved.state.sent.count >= expected.sent.count })
        #expect(eventually { peer.state.pushed.count + moved.state.pushed.count >= expected.pushed.count })
        #expect(peer.state.sent + moved.state.sent == expected.sent)
        #expect(peer.state.pushed + moved.state.pushed == expected.pushed)
        #expect(moved.state.closed == nil && first.module.figures.restarts == 0)
    }

    /// The one before is on hold while another one is asked, dies, and goes on where it was.
    @Test(arguments: [true, false]) func onHoldAndOnAgain(dies: Bool) throws {
        let hosted = try HostedProtocol()
        let peer = try publisher(hosted, 1)
        var expected = Expected()
        for text in ["abc", "defgh", "ij"] {
            expected.tell(Array(text.utf8))
            peer.send(text)
        }
        #expect(peer.eventually(sent: expected.sent.count))
        hosted.lane.sync { MovingObject(session: peer.pointer)?.hold() }
        if dies {
            hosted.kill()
            #expect(hosted.hosted.waitUntilRunning(restarts: 1))
        }
        expected.tell(Array("klm".utf8))
        peer.send("klm")
        usleep(20_000)
        #expect(peer.state.sent.count == expected.sent.count - 6)
        hosted.lane.sync { MovingObject(session: peer.pointer)?.goOn() }
        #expect(peer.eventually(sent: expected.sent.count))
        #expect(eventually { peer.state.pushed.count >= expected.pushed.count })
        #expect(peer.state.sent == expected.sent && peer.state.pushed == expected.pushed && peer.state.closed == nil)
    }

    /// A process that dies over an import has refused it; the next one is not asked again.
    @Test func aDeathOverAnImportIsARefusal() throws {
        let (first, second) = (try HostedProtocol(), try HostedProtocol())
        let peer = try publisher(first, 1)
        peer.send("abc")
        let blob = try #require(first.take(peer))
        Foundation.kill(second.module.figures.pid, SIGSTOP)
        let moved = HostedProtocol.Peer(second, 1)
        let refusal = Mutex<String??>(nil)
        #expect(second.open(moved, blob: blob) { reason in refusal.withLock { $0 = .some(reason) } } == nil)
        second.kill()
        #expect(eventually { refusal.withLock { $0 != nil } })
        #expect(refusal.withLock { $0 ?? nil }?.isEmpty == false)
        second.lane.sync { MovingObject(session: moved.pointer)?.abandon() }
        #expect(second.hosted.waitUntilRunning(restarts: 1) && moved.state.closed == nil)
    }

    @Test func aBlobThatIsNotTaken() throws {
        let hosted = try HostedProtocol()
        let peer = HostedProtocol.Peer(hosted, 1)
        #expect(hosted.open(peer, blob: [1, 2, 3]) == nil)
        #expect(peer.isClosed(with: "no state of mine"))
    }
}
