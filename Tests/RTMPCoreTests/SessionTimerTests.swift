import Testing

@testable import RTMPCore

@Suite struct SessionTimerTests {
    private let second: UInt64 = 1_000_000_000

    @Test func oneDeadlineForTheWholeHandshake() {
        var peer = SessionPeer()
        for _ in 0..<9 {
            peer.now += second
            peer.feed([3])
            peer.session.tick(at: peer.now)
        }
        peer.drain()
        #expect(!peer.session.isClosed)
        #expect(peer.session.nextDeadline == 11 * second)
        peer.now += second
        peer.session.tick(at: peer.now)
        peer.drain()
        #expect(peer.closeReason == .handshakeTimeout)
        #expect(peer.session.nextDeadline == nil)
    }

    @Test func connectedPeersMustPublishOrPlay() {
        var peer = SessionPeer.created()
        peer.now += 29 * second
        peer.feed(SessionPeer.command("getStreamLength", 5, [.null, "k"]))
        peer.session.tick(at: peer.now)
        #expect(!peer.session.isClosed)
        peer.now += second
        peer.session.tick(at: peer.now)
        peer.drain()
        #expect(peer.closeReason == .idleTimeout)
    }

    @Test func theWaitForAnAnswerDoesNotCount() {
        var peer = SessionPeer()
        peer.answersConnect = nil
        peer.feed(SessionPeer.handshake + SessionPeer.connect())
        #expect(peer.session.nextDeadline == nil)
        peer.now += 100 * second
        peer.session.answerConnect(.allow, at: peer.now)
        #expect(peer.session.nextDeadline == peer.now + 30 * second)
    }

    @Test func silentPublishersEnd() {
        var peer = SessionPeer.created()
        peer.feed(SessionPeer.publish("k"))
        peer.now += 20 * second
        peer.feed(SessionPeer.message(8, [0xAF, 0, 0x12, 0x10], stream: 1))
        #expect(peer.session.nextDeadline == peer.now + 30 * second)
        peer.now += 30 * second
        peer.session.tick(at: peer.now)
        peer.drain()
        #expect(peer.actions.suffix(2) == [.publishStopped(stream: 1, .closed(.publisherSilent)), .close(.publisherSilent)])
    }

    @Test func silentPlayersArePingedThenCut() {
        var peer = SessionPeer.created()
        peer.feed(SessionPeer.play("k"))
        peer.now += 60 * second
        peer.session.tick(at: peer.now)
        peer.drain()
        #expect(peer.messages.last?.body.prefix(2) == [0, 6])
        peer.now += 10 * second
        peer.feed(SessionPeer.message(4, [0, 7, 0, 0, 0, 0], chunk: 2))
        #expect(peer.session.nextDeadline == peer.now + 60 * second)
        peer.now += 60 * second
        peer.session.tick(at: peer.now)
        peer.now += 30 * second
        peer.session.tick(at: peer.now)
        peer.drain()
        #expect(peer.closeReason == .pingTimeout)
    }
}
