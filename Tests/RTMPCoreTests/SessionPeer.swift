import Formats

@testable import RTMPCore

/// A client's side for tests: writes what a peer writes, answers the session's questions, keeps what came out.
struct SessionPeer {
    var session: RTMPSession
    var now: UInt64 = 1_000_000_000
    var actions: [RTMPAction] = []
    /// What was sent after S2.
    var sent: [UInt8] = []
    var answersConnect: RTMPDecision? = .allow
    var answersPublish: RTMPDecision? = .allow
    var answersPlay: RTMPDecision? = .allow
    private var handshakeLeft = 3073

    init(limits: RTMPLimits = RTMPLimits()) {
        session = RTMPSession(limits: limits, seed: 1, at: now)
    }

    static let handshake: [UInt8] = [3] + [UInt8](repeating: 0, count: 1536 * 2)

    /// Delivers bytes in pieces and drains after each.
    mutating func feed(_ bytes: [UInt8], piece: Int = 1 << 30) {
        for start in stride(from: 0, to: bytes.count, by: piece) {
            session.receive(Array(bytes[start..<min(bytes.count, start + min(piece, bytes.count))]), at: now)
            drain()
        }
    }

    mutating func drain() {
        while true {
            let taken = session.takeActions()
            if taken.isEmpty { return }
            for action in taken { take(action) }
        }
    }

    private mutating func take(_ action: RTMPAction) {
        if case .send(let bytes) = action {
            let head = min(handshakeLeft, bytes.count)
            handshakeLeft -= head
            sent += bytes[head...]
            return
        }
        actions.append(action)
        switch action {
        case .askConnect:
            if let answersConnect { session.answerConnect(answersConnect, at: now) }
        case .askPublish(let stream, _):
            if let answersPublish { session.answerPublish(stream: stream, answersPublish, at: now) }
        case .askPlay(let stream, _):
            if let answersPlay { session.answerPlay(stream: stream, answersPlay, at: now) }
        default: break
        }
    }

    // MARK: - What came out

    /// Everything the session sent, as messages, acknowledgements left out.
    var messages: [RTMPMessage] {
        guard case .messages(let all) = ChunkOutcome.reading(sent, piece: 1 << 30, reader: .forTests) else { return [] }
        return all.filter { $0.type != RTMPMessageType.acknowledgement }
    }

    var commands: [RTMPCommand] {
        messages.filter { $0.type == 20 }.compactMap { try? RTMPCommand($0) }
    }

    /// The codes of all onStatus, _result and _error info objects.
    var codes: [String] {
        commands.compactMap { $0.arguments.last?["code"]?.stringValue }
    }

    var closeReason: RTMPCloseReason? {
        for case .close(let reason) in actions { return reason }
        return nil
    }

    // MARK: - What goes in

    static func command(_ name: String, _ transaction: Double, _ arguments: [AMFValue], stream: UInt32 = 0, size: Int = 128)
        -> [UInt8]
    {
        message(20, AMF0.encode([.string(name), .number(transaction)] + arguments), stream: stream, size: size)
    }

    static func message(_ type: UInt8, _ body: [UInt8], stream: UInt32 = 0, time: UInt32 = 0, chunk: UInt32 = 3, size: Int = 128)
        -> [UInt8]
    {
        var out: [UInt8] = []
        RTMPChunkWriter.append(
            RTMPMessage(chunkStream: chunk, type: type, streamID: stream, timestamp: time, body: body), chunkSize: size, to: &out)
        return out
    }

    static func connect(_ app: String = "live", _ extra: [AMFProperty] = []) -> [UInt8] {
        let object = [AMFProperty("app", .string(app)), AMFProperty("tcUrl", .string("rtmp://h/\(app)"))] + extra
        return command("connect", 1, [.object(object)])
    }

    static let createStream = command("createStream", 2, [.null])
    static func publish(_ name: String, stream: UInt32 = 1) -> [UInt8] {
        command("publish", 3, [.null, .string(name), "live"], stream: stream)
    }
    static func play(_ name: String, stream: UInt32 = 1) -> [UInt8] {
        command("play", 4, [.null, .string(name), -2000], stream: stream)
    }

    /// A peer that got as far as createStream.
    static func created(limits: RTMPLimits = RTMPLimits()) -> SessionPeer {
        var peer = SessionPeer(limits: limits)
        peer.feed(handshake + connect() + createStream)
        return peer
    }
}
