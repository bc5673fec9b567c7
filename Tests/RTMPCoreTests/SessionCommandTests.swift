import Formats
import Testing

@testable import RTMPCore

@Suite struct SessionCommandTests {
    @Test func connectAnswersWithWindowChunkSizeAndCapabilities() throws {
        var peer = SessionPeer()
        peer.feed(
            SessionPeer.handshake
                + SessionPeer.connect("live", [AMFProperty("fourCcList", ["hvc1", "zzzz", "*"]), AMFProperty("capsEx", 3)]))
        #expect(peer.messages.map(\.type) == [5, 6, 20])
        let result = try #require(peer.commands.first)
        #expect(result.name == "_result" && result.transaction == 1)
        let info = try #require(result.arguments.last)
        #expect(info["code"] == "NetConnection.Connect.Success")
        #expect(info["fourCcList"] == ["hvc1", "*"])
        #expect(info["videoFourCcInfoMap"]?["hvc1"] == 4)
        #expect(info["audioFourCcInfoMap"]?["Opus"] == 4)
        #expect(info["capsEx"] == 15)
        guard case .askConnect(let request) = peer.actions.first else { throw Missing() }
        #expect(request.capabilities.capsEx == 3)
        #expect(request.capabilities.takes(.hvc1))
        #expect(request.address.app.text == "live")
    }

    @Test func objectEncodingThreeIsEchoedAndAMF3CommandsAreRead() throws {
        var peer = SessionPeer()
        let object: AMFValue = ["app": "live", "tcUrl": "rtmp://h/live", "objectEncoding": 3]
        peer.feed(
            SessionPeer.handshake + SessionPeer.message(17, [0] + AMF0.encode(["connect", 1, object]))
                + SessionPeer.message(17, [0] + AMF0.encode(["createStream", 2, .null])))
        #expect(peer.commands.first?.arguments.last?["objectEncoding"] == 3)
        #expect(peer.commands.last == RTMPCommand("_result", transaction: 2, [.null, 1]))
    }

    @Test func refusalAtConnect() {
        for legacy in [false, true] {
            var peer = SessionPeer()
            let refusal = RTMPRefusal(code: "x", description: "no token", legacyPlayFailed: legacy)
            peer.answersConnect = .refuse(refusal)
            peer.feed(SessionPeer.handshake + SessionPeer.connect() + SessionPeer.createStream)
            #expect(peer.codes == ["NetConnection.Connect.Rejected"] + (legacy ? ["NetStream.Play.Failed"] : []))
            #expect(peer.commands.first?.name == "_error")
            #expect(peer.commands.first?.arguments.last?["description"] == "no token")
            #expect(peer.actions.last == .close(.refused(refusal)))
        }
    }

    @Test func refusalAtPublishAndPlay() {
        let refusal = RTMPRefusal(code: "NetStream.Publish.Unauthorized", description: "wrong", legacyPlayFailed: true)
        var peer = SessionPeer.created()
        peer.answersPublish = .refuse(refusal)
        peer.feed(SessionPeer.publish("k?token=1"))
        #expect(peer.codes.suffix(2) == ["NetStream.Publish.Unauthorized", "NetStream.Play.Failed"])
        #expect(peer.closeReason == .refused(refusal))
        #expect(peer.messages.last?.streamID == 1)

        var player = SessionPeer.created()
        player.answersPlay = .refuse(RTMPRefusal(code: "NetStream.Play.StreamNotFound", description: "off"))
        player.feed(SessionPeer.play("k"))
        #expect(player.codes.last == "NetStream.Play.StreamNotFound")
        #expect(player.closeReason != nil)
    }

    @Test func publishStartsAndStops() {
        var peer = SessionPeer.created()
        peer.feed(SessionPeer.publish("/k?token=1"))
        #expect(peer.codes.last == "NetStream.Publish.Start")
        #expect(peer.actions.last == .publishStarted(stream: 1))
        peer.feed(SessionPeer.command("deleteStream", 5, [.null, 1]))
        #expect(peer.actions.last == .publishStopped(stream: 1, .stopped))
        #expect(!peer.session.isClosed)
        peer.feed(SessionPeer.createStream + SessionPeer.publish("k"))
        #expect(peer.actions.last == .publishStarted(stream: 1))
        peer.session.peerClosed()
        peer.drain()
        #expect(peer.actions.suffix(2) == [.publishStopped(stream: 1, .closed(.peerClosed)), .close(.peerClosed)])
    }

    @Test func unpublishByNameEndsThePublisher() {
        var peer = SessionPeer.created()
        peer.feed(SessionPeer.publish("k?t=1") + SessionPeer.command("FCUnpublish", 6, [.null, "other"]))
        #expect(peer.actions.last == .publishStarted(stream: 1))
        peer.feed(SessionPeer.command("FCUnpublish", 6, [.null, "k?t=1"]))
        #expect(peer.actions.last == .publishStopped(stream: 1, .stopped))
    }

    @Test func playAttachesPausesAndEnds() {
        var peer = SessionPeer.created()
        peer.feed(SessionPeer.play("k"))
        #expect(peer.actions.last == .attach(stream: 1))
        #expect(peer.codes.suffix(2) == ["NetStream.Play.Reset", "NetStream.Play.Start"])
        #expect(peer.messages.last?.type == 18)
        peer.feed(SessionPeer.command("pause", 0, [.null, true, 0], stream: 1))
        #expect(peer.actions.last == .detach(stream: 1))
        #expect(peer.codes.last == "NetStream.Pause.Notify")
        peer.feed(SessionPeer.command("pause", 0, [.null, false, 0], stream: 1))
        #expect(peer.actions.last == .attach(stream: 1))
        peer.session.streamEnded(stream: 1, at: peer.now)
        peer.drain()
        #expect(peer.actions.suffix(2) == [.detach(stream: 1), .playStopped(stream: 1, .ended)])
        #expect(peer.codes.suffix(2) == ["NetStream.Play.UnpublishNotify", "NetStream.Play.Stop"])
        #expect(!peer.session.isClosed)
    }

    @Test func playingAgainOnOneStreamReplacesIt() {
        var peer = SessionPeer.created()
        peer.feed(SessionPeer.play("a") + SessionPeer.play("b"))
        #expect(peer.actions.suffix(4).prefix(2) == [.detach(stream: 1), .playStopped(stream: 1, .stopped)])
        #expect(peer.actions.last == .attach(stream: 1))
    }

    @Test(
        arguments: [
            ("publish before connect", SessionPeer.handshake + SessionPeer.publish("k")),
            ("createStream before connect", SessionPeer.handshake + SessionPeer.createStream),
            ("second connect", SessionPeer.handshake + SessionPeer.connect() + SessionPeer.connect()),
            ("connect without object", SessionPeer.handshake + SessionPeer.command("connect", 1, [.null])),
            ("connect without app", SessionPeer.handshake + SessionPeer.command("connect", 1, [["tcUrl": "rtmp://h/"]])),
            ("app with dots", SessionPeer.handshake + SessionPeer.connect("../etc")),
            ("command without name", SessionPeer.handshake + SessionPeer.message(20, [5])),
            ("string that lies", SessionPeer.handshake + SessionPeer.message(20, [2, 0xFF, 0xFF, 1])),
            ("publish on stream 0", SessionPeer.handshake + SessionPeer.connect() + SessionPeer.publish("k", stream: 0)),
            ("publish on a stream that does not exist", SessionPeer.handshake + SessionPeer.connect() + SessionPeer.publish("k")),
            (
                "publish twice on one stream",
                SessionPeer.handshake + SessionPeer.connect() + SessionPeer.createStream
                    + SessionPeer.publish("k") + SessionPeer.publish("l")
            ),
            (
                "play on the publisher's stream",
                SessionPeer.handshake + SessionPeer.connect() + SessionPeer.createStream
                    + SessionPeer.publish("k") + SessionPeer.play("l")
            ),
            (
                "publish on a playing connection",
                SessionPeer.handshake + SessionPeer.connect() + SessionPeer.createStream
                    + SessionPeer.createStream + SessionPeer.play("k") + SessionPeer.publish("l", stream: 2)
            ),
            (
                "name with newline",
                SessionPeer.handshake + SessionPeer.connect() + SessionPeer.createStream + SessionPeer.publish("a\nb")
            ),
            ("name with dots", SessionPeer.handshake + SessionPeer.connect() + SessionPeer.createStream + SessionPeer.play("..")),
            (
                "name of another type",
                SessionPeer.handshake + SessionPeer.connect() + SessionPeer.createStream
                    + SessionPeer.command("publish", 3, [.null, 5], stream: 1)
            ),
            (
                "deep object",
                SessionPeer.handshake
                    + SessionPeer.message(
                        20,
                        AMF0.encode(["connect", 1])
                            + (0..<4000).flatMap { _ in [3, 0, 1, 97] as [UInt8] })
            ),
        ] as [(String, [UInt8])])
    func rudePeersAreClosedWithAReason(name: String, bytes: [UInt8]) {
        for piece in [1, 1 << 30] {
            var peer = SessionPeer()
            peer.feed(bytes, piece: piece)
            #expect(peer.session.isClosed, "\(name)")
            #expect(peer.closeReason.map { !"\($0)".isEmpty } == true)
            let before = peer.actions.count
            peer.feed(SessionPeer.connect())
            #expect(peer.actions.count == before)
        }
    }

    @Test func unknownCommandsGetAnErrorOnlyWhereAnAnswerIsWanted() {
        var peer = SessionPeer.created()
        let before = peer.commands.count
        peer.feed(SessionPeer.command("nonsense\n", 0, [.null]) + SessionPeer.command("nonsense\n", 9, [.null]))
        #expect(peer.commands.count == before + 1)
        #expect(peer.commands.last?.name == "_error" && peer.commands.last?.transaction == 9)
        peer.feed(SessionPeer.command("seek", 0, [.null, 5], stream: 1) + SessionPeer.command("play2", 0, [.null], stream: 1))
        #expect(peer.codes.suffix(2) == ["NetStream.Seek.Failed", "NetStream.Play.Failed"])
        #expect(!peer.session.isClosed)
    }

    @Test func streamsAndCommandsAreLimited() {
        var peer = SessionPeer.created()
        for _ in 0..<20 { peer.feed(SessionPeer.createStream) }
        #expect(peer.commands.filter { $0.name == "_error" }.count == 5)
        for _ in 0..<300 { peer.feed(SessionPeer.createStream) }
        #expect(peer.closeReason == .protocolError(.commandFlood))
    }

    @Test func pingsAreAnsweredAndWindowsAcknowledged() {
        var peer = SessionPeer.created()
        peer.feed(SessionPeer.message(4, [0, 6, 1, 2, 3, 4], chunk: 2))
        #expect(peer.messages.last?.body == [0, 7, 1, 2, 3, 4])
        peer.feed(SessionPeer.message(5, [0, 0, 16, 0], chunk: 2))
        for _ in 0..<5 { peer.feed(SessionPeer.message(99, [UInt8](repeating: 0, count: 1000), chunk: 9)) }
        guard case .messages(let all) = ChunkOutcome.reading(peer.sent, piece: 1 << 30) else { return }
        #expect(all.filter { $0.type == 3 }.count >= 1)
    }

    @Test func bytesAreHeldUntilTheAnswerAndNoLonger() {
        var peer = SessionPeer()
        peer.answersConnect = nil
        peer.feed(SessionPeer.handshake + SessionPeer.connect() + SessionPeer.createStream, piece: 50)
        #expect(peer.session.isHolding)
        #expect(peer.messages.isEmpty)
        peer.feed(SessionPeer.publish("k"))
        peer.session.answerConnect(.allow, at: peer.now)
        peer.drain()
        #expect(peer.actions.last == .publishStarted(stream: 1))
        #expect(!peer.session.isHolding)

        var flood = SessionPeer()
        flood.answersConnect = nil
        flood.feed(SessionPeer.handshake + SessionPeer.connect())
        for _ in 0..<300 { flood.feed([UInt8](repeating: 0, count: 1024)) }
        #expect(flood.closeReason == .protocolError(.heldBytes(limit: 256 << 10)))
    }

    @Test func answersThatComeTooLateDoNothing() {
        var peer = SessionPeer.created()
        peer.answersPublish = nil
        peer.feed(SessionPeer.publish("k"))
        peer.session.peerClosed()
        peer.session.answerPublish(stream: 1, .allow, at: peer.now)
        peer.session.answerPlay(stream: 1, .allow, at: peer.now)
        peer.session.answerConnect(.allow, at: peer.now)
        peer.drain()
        #expect(peer.actions.suffix(2) == [.publishStopped(stream: 1, .closed(.peerClosed)), .close(.peerClosed)])
    }

    @Test func reconnectIsAskedOnlyOfThoseWhoUnderstand() {
        var peer = SessionPeer.created()
        let unasked = peer.session.requestReconnect(tcUrl: nil, description: "drain")
        #expect(!unasked)
        var modern = SessionPeer()
        modern.feed(SessionPeer.handshake + SessionPeer.connect("live", [AMFProperty("capsEx", 1)]))
        let asked = modern.session.requestReconnect(tcUrl: "/other", description: "drain")
        modern.drain()
        #expect(asked)
        #expect(modern.codes.last == "NetConnection.Connect.ReconnectRequest")
        #expect(modern.commands.last?.arguments.last?["tcUrl"] == "/other")
    }
}

/// Something a test needs did not come.
struct Missing: Error {}
