import Formats
import TestSupport
import Testing

@testable import RTMPCore

extension RTMPSession {
    /// Alone in its blob.
    func exported() -> [UInt8] {
        var blob = BlobWriter()
        write(to: &blob)
        return blob.bytes
    }

    init(imported blob: [UInt8], limits: RTMPLimits = RTMPLimits()) throws {
        self = try blob.withUnsafeBytes { raw in
            var reader = BlobReader(raw)
            let session = try RTMPSession(from: &reader, bounds: RTMPBounds(limits))
            try reader.end()
            return session
        }
    }
}

extension SessionPeer {
    /// The session goes on in another one, made from its blob, which says the same again.
    mutating func move() throws {
        #expect(session.isSettled)
        let blob = session.exported()
        let next = try RTMPSession(imported: blob)
        #expect(next.exported() == blob)
        #expect(next.statistics == session.statistics)
        var (before, after) = (session, next)
        #expect(before.nextDeadline == after.nextDeadline)
        session = next
    }
}

@Suite struct HandoverTests {
    @Test(arguments: Script.all)
    func cutAtEveryByteASessionGoesOnAsIfNothingHadBeen(_ script: Script.Case) throws {
        var before = SessionPeer()
        before.feed(Array(script.bytes[..<script.start]))
        for cut in script.start...script.bytes.count {
            // To the end now and then, else so far that every message and chunk header that lay open is over.
            let end = min(script.bytes.count, cut + (cut % 16 == 0 ? script.bytes.count : 300))
            let rest = Array(script.bytes[cut..<end])
            var (peer, stayed) = (before, before)
            try peer.move()
            peer.feed(rest)
            stayed.feed(rest)
            if peer.actions != stayed.actions || peer.sent != stayed.sent || peer.session.exported() != stayed.session.exported()
            {
                Issue.record("\(script.name) cut at \(cut) of \(script.bytes.count)")
                return
            }
            if cut < script.bytes.count { before.feed([script.bytes[cut]]) }
            (before.actions, before.sent) = ([], [])
        }
    }

    @Test(arguments: Script.all)
    func movedAfterEveryByteASessionGoesOnAsIfNothingHadBeen(_ script: Script.Case) throws {
        var whole = SessionPeer()
        whole.feed(script.bytes)
        var peer = SessionPeer()
        peer.feed(Array(script.bytes[..<script.start]))
        for byte in script.bytes[script.start...] {
            peer.feed([byte])
            try peer.move()
        }
        #expect(peer.actions == whole.actions)
        #expect(peer.messages == whole.messages)
        #expect(peer.session.statistics == whole.session.statistics)
    }

    @Test func scriptsSayWhatTheyAreMeantTo() {
        for script in Script.all {
            var peer = SessionPeer()
            peer.feed(script.bytes)
            if script.name.hasPrefix("tiny") {
                #expect(peer.actions.filter { if case .frame = $0 { true } else { false } }.count == 4)
                #expect(peer.session.statistics.badMedia == 0)
            }
            if script.name.hasPrefix("extended") {
                #expect(Taken(peer.actions).timings.map(\.dts) == [0x0100_0028, 0x0100_0050, -16, 24])
                #expect(Taken(peer.actions).payloads[..<2].allSatisfy { $0.count == 255 })
            }
            if script.name.hasPrefix("aggregates") {
                #expect(Taken(peer.actions).tracks.count == 1 && Taken(peer.actions).timings.count >= 8)
                #expect(peer.actions.filter { if case .publishStarted = $0 { true } else { false } }.count == 2)
                #expect(peer.session.statistics.badMedia == 1 && peer.session.statistics.timestampJumps > 0)
            }
            if script.name.hasPrefix("plays") {
                #expect(peer.actions.filter { if case .attach = $0 { true } else { false } }.count == 3)
            }
            #expect(peer.session.isClosed == script.name.hasPrefix("ends"), "\(script.name)")
        }
    }

    @Test func whatIsNotDoneYetKeepsASession() {
        var session = RTMPSession(seed: 1, at: 0)
        #expect(session.isSettled)
        session.receive(SessionPeer.handshake, at: 0)
        #expect(!session.isSettled)
        _ = session.takeActions()
        #expect(session.isSettled)
        session.receive(SessionPeer.connect(), at: 0)
        #expect(!session.isSettled)
    }

    /// The glue lets no open question go; the core could, since the question's answer names the message stream.
    @Test func openQuestionsAndHeldBytesMove() throws {
        var peer = SessionPeer()
        peer.answersConnect = nil
        peer.feed(SessionPeer.handshake + SessionPeer.connect() + SessionPeer.createStream + SessionPeer.publish("k"))
        try peer.move()
        #expect(peer.session.isHolding)
        peer.answersPublish = nil
        peer.session.answerConnect(.allow, at: peer.now)
        peer.drain()
        try peer.move()
        #expect(peer.session.isHolding && peer.codes == ["NetConnection.Connect.Success"])
        peer.session.answerPublish(stream: 1, .allow, at: peer.now)
        peer.drain()
        #expect(peer.actions.last == .publishStarted(stream: 1))
    }

    @Test func timersGoOn() throws {
        var player = SessionPeer.created()
        player.feed(SessionPeer.play("k"))
        let limits = RTMPLimits()
        try player.move()
        player.now += limits.pingAfterNanoseconds
        player.session.tick(at: player.now)
        player.drain()
        try player.move()
        #expect(player.session.nextDeadline == player.now + limits.pongWithinNanoseconds)
        player.now += limits.pongWithinNanoseconds
        player.session.tick(at: player.now)
        player.drain()
        #expect(player.closeReason == .pingTimeout)

        var hello = RTMPSession(seed: 1, at: 5)
        hello.receive([3, 1, 2], at: 6)
        hello = try RTMPSession(imported: hello.exported())
        #expect(hello.nextDeadline == 5 + limits.handshakeNanoseconds)
    }

    @Test func bucketsGoOn() throws {
        var peer = SessionPeer.created()
        let ping = SessionPeer.message(4, [0, 6, 0, 0, 0, 9], chunk: 2)
        for _ in 0..<197 { peer.feed(ping) }
        for _ in 0..<2 where !peer.session.isClosed {
            try peer.move()
            peer.feed(ping)
        }
        #expect(peer.closeReason == .protocolError(.commandFlood))
    }

    @Test func limitsAreTheImportersAndBind() throws {
        var peer = SessionPeer.created()
        peer.feed(SessionPeer.publish("k"))
        peer.feed([6, 0, 0, 0, 1, 0, 0, 9, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 50))
        let blob = peer.session.exported()
        var limits = RTMPLimits()
        limits.publisherSilenceNanoseconds = 7
        var next = try RTMPSession(imported: blob, limits: limits)
        #expect(next.nextDeadline == peer.now + 7)
        limits.messageBytes = 65_535
        #expect(throws: BlobError.self) { try RTMPSession(imported: blob, limits: limits) }
        limits = RTMPLimits()
        limits.chunkStreams = 1
        #expect(throws: BlobError.self) { try RTMPSession(imported: blob, limits: limits) }
        limits = RTMPLimits()
        limits.messageStreams = 0
        #expect(throws: BlobError.self) { try RTMPSession(imported: blob, limits: limits) }
    }

    @Test func anotherVersionIsRefusedWithItsNumber() {
        let blob = SessionPeer.created().session.exported()
        #expect(Array(blob[..<6]) == Array("RTMP".utf8) + [0, 1])
        var next = blob
        next[5] = 2
        #expect(throws: BlobError.version(2, known: 1)) { try RTMPSession(imported: next) }
        next[0] = 0
        #expect(throws: BlobError.magic(FourCC(rawValue: 0x0054_4D50), expected: FourCC("RTMP"))) {
            try RTMPSession(imported: next)
        }
        #expect("\(BlobError.version(2, known: 1))" == "blob version 2, version 1 is known")
        #expect(throws: BlobError.trailing(1)) { try RTMPSession(imported: blob + [0]) }
    }

    /// 8 MiB but for one byte of a message have come: the blob is that and little else.
    @Test func halfOfALongMessageIsTheBlob() throws {
        var peer = SessionPeer.created()
        peer.feed(SessionPeer.publish("k") + RTMPControl.setChunkSize(0xFF_FFFF))
        peer.feed([6, 0, 0, 0, 0x80, 0, 0, 9, 1, 0, 0, 0])
        peer.feed([UInt8](repeating: 0x27, count: (8 << 20) - 1))
        let blob = peer.session.exported()
        #expect(blob.count > 8 << 20 && blob.count < (8 << 20) + 1024)
        try peer.move()
        peer.feed([0])
        #expect(peer.session.reader.pendingBytes == 0)
        #expect(peer.session.statistics.badMedia + peer.session.statistics.framesBeforeConfiguration == 1)
    }

    @Test func aSettledPublisherIsSmall() {
        var peer = CaptureTests.peer(Array(Captures.ffmpegH264AAC.dropLast(400)))
        #expect(peer.session.exported().count < 2048)
        peer = SessionPeer.created()
        #expect(peer.session.exported().count < 512)
    }
}
