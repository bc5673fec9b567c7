import Formats

/// The server's side of one RTMP connection: bytes and a time go in, actions come out.
///
/// Owns the handshake, the chunk state, the message streams and the timers of one peer. It never touches a socket, a
/// clock or a log. All times are monotonic nanoseconds from any origin. Nothing throws: a peer that breaks a rule
/// gets a clean end through the `close` action, which carries the reason.
///
/// Questions (`askConnect`, `askPublish`, `askPlay`) are answered in any order, at any time. Until then bytes of the
/// peer are held, up to `RTMPLimits.heldBytes`; `isHolding` tells the owner that it may stop reading.
/// A connection that publishes already is not held for the questions of its further streams.
public struct RTMPSession: Sendable {
    /// Where the connection stands.
    enum Phase: Sendable, Equatable {
        case handshake
        case awaitingConnect
        case connecting(transaction: Double)
        case connected
        case closed
    }

    /// Chunk size of everything this server sends, bytes.
    public static let outgoingChunkSize = 65_536
    static let window: UInt32 = 2_500_000

    let bounds: RTMPBounds
    public var limits: RTMPLimits { bounds.limits }
    /// Counters since the session began, those of its publishers included.
    public var statistics: RTMPStatistics {
        publishers.reduce(into: counters) { $0.add($1.statistics) }
    }
    /// What the peer said in connect, once it did.
    public internal(set) var connectRequest: RTMPConnectRequest?

    var counters = RTMPStatistics()
    var phase = Phase.handshake
    var handshake: RTMPHandshake
    var reader: RTMPChunkReader
    var streams: [RTMPMessageStream] = []
    /// Of the streams that publish. Apart from these, because a publisher is large and most streams play.
    var publishers: [RTMPPublisher] = []
    var commands: RTMPBucket
    private(set) var actions: [RTMPAction] = []
    /// What was taken last: a publisher's next actions go into its memory once the taker has let go of it.
    private var taken: [RTMPAction] = []
    private(set) var outgoing: [UInt8] = []
    var held: [UInt8] = []
    var acknowledged: UInt64 = 0
    var peerWindow: UInt64 = UInt64(Self.window)
    /// The peer was allowed to publish: it may send long messages.
    private(set) var isTrusted = false

    let started: UInt64
    /// Since when neither publish nor play was there; the time of questions left out.
    var idleSince: UInt64
    var lastReceived: UInt64
    var pingedAt: UInt64?

    /// A session for a connection accepted at `now`; `seed` fills the handshake.
    public init(limits: RTMPLimits = RTMPLimits(), seed: UInt64, at now: UInt64) {
        self.init(bounds: RTMPBounds(limits), seed: seed, at: now)
    }

    /// The same with limits that many sessions share.
    public init(bounds: RTMPBounds, seed: UInt64, at now: UInt64) {
        self.bounds = bounds
        let limits = bounds.limits
        handshake = RTMPHandshake(seed: seed)
        reader = RTMPChunkReader(
            messageLimit: limits.untrustedMessageBytes, pendingLimit: limits.untrustedPendingBytes,
            streamLimit: limits.chunkStreams)
        commands = RTMPBucket(burst: limits.commandBurst, perSecond: limits.commandsPerSecond, now: now)
        started = now
        idleSince = now
        lastReceived = now
    }

    /// True after the `close` action; everything that comes later is ignored.
    public var isClosed: Bool { phase == .closed }

    /// True while an answer is awaited that the peer's further bytes depend on.
    public var isHolding: Bool {
        if case .connecting = phase { return true }
        var isAsking = false
        for index in streams.indices {
            if streams[index].role == .publishing { return false }
            if streams[index].isAsking { isAsking = true }
        }
        return isAsking
    }

    /// Bytes of messages that are not whole, or wait for an answer: what a description of the session carries beside its state.
    public var pendingBytes: Int { reader.pendingBytes + held.count }

    /// Takes bytes of the peer that came at `now`, cut in any way.
    public mutating func receive(_ bytes: UnsafeRawBufferPointer, at now: UInt64) {
        guard !isClosed, !bytes.isEmpty else { return }
        counters.bytesReceived &+= UInt64(bytes.count)
        lastReceived = max(lastReceived, now)
        pingedAt = nil
        if isHolding || !held.isEmpty {
            hold(UnsafeRawBufferPointer(bytes))
            resume(at: now)
        } else {
            process(bytes, at: now)
        }
        acknowledge()
    }

    /// The same for bytes in an array.
    public mutating func receive(_ bytes: [UInt8], at now: UInt64) {
        bytes.withUnsafeBytes { receive($0, at: now) }
    }

    /// What is to be done, in order; empties the list.
    public mutating func takeActions() -> [RTMPAction] {
        flush()
        taken.removeAll(keepingCapacity: isPublishing)
        swap(&taken, &actions)
        return taken
    }

    private var isPublishing: Bool {
        for index in streams.indices where streams[index].role == .publishing { return true }
        return false
    }

    /// From now on the peer gets the limits of a publisher.
    mutating func trust() {
        isTrusted = true
        reader.messageLimit = limits.messageBytes
        reader.pendingLimit = limits.pendingBytes
    }

    // MARK: - Input

    private mutating func hold(_ bytes: UnsafeRawBufferPointer) {
        guard held.count + bytes.count <= limits.heldBytes else {
            return fail(.heldBytes(limit: limits.heldBytes))
        }
        held.append(contentsOf: bytes)
    }

    /// Goes on with held bytes when no answer is awaited any more.
    mutating func resume(at now: UInt64) {
        guard !isHolding, !isClosed else { return }
        var bytes: [UInt8] = []
        swap(&bytes, &held)
        bytes.withUnsafeBytes { process($0, at: now) }
    }

    private mutating func process(_ bytes: UnsafeRawBufferPointer, at now: UInt64) {
        var offset = 0
        do throws(RTMPError) {
            while !isClosed {
                if phase == .handshake {
                    guard offset < bytes.count else { return }
                    if let answer = try handshake.receive(bytes, &offset) { send(answer) }
                    if handshake.isDone {
                        phase = .awaitingConnect
                        idleSince = now
                    }
                    continue
                }
                if isHolding { return hold(UnsafeRawBufferPointer(rebasing: bytes[offset...])) }
                guard let message = try reader.next(bytes, &offset) else { return }
                counters.messages &+= 1
                try handle(message, at: now)
            }
        } catch {
            fail(error)
        }
    }

    private mutating func handle(_ message: RTMPMessage, at now: UInt64) throws(RTMPError) {
        switch message.type {
        case RTMPMessageType.acknowledgement: break
        case RTMPMessageType.userControl: try userControl(message.body, at: now)
        case RTMPMessageType.windowAcknowledgementSize:
            guard let size = UInt32(bigEndian: message.body, at: 0) else {
                throw .shortControl(type: message.type, length: message.body.count)
            }
            peerWindow = UInt64(max(size, 4096))
        case RTMPMessageType.commandAMF0, RTMPMessageType.commandAMF3: try command(message, at: now)
        case RTMPMessageType.audio, RTMPMessageType.video, RTMPMessageType.aggregate, RTMPMessageType.dataAMF0,
            RTMPMessageType.dataAMF3:
            try media(message, at: now)
        default: counters.ignoredMessages &+= 1
        }
    }

    // MARK: - Output

    /// Bytes for the peer; neighbours become one action.
    mutating func send(_ bytes: [UInt8]) {
        outgoing.append(contentsOf: bytes)
    }

    mutating func act(_ action: RTMPAction) {
        flush()
        actions.append(action)
    }

    /// Has the publisher at `index` append what its message means.
    mutating func take(_ message: RTMPMessage, at now: UInt64, publisher index: Int) throws(RTMPError) {
        flush()
        try publishers[index].take(message, at: now, into: &actions)
    }

    private mutating func flush() {
        guard !outgoing.isEmpty else { return }
        actions.append(.send(outgoing))
        outgoing = []
    }

    /// Tells the peer how much came, at most once for each delivery.
    private mutating func acknowledge() {
        guard !isClosed, phase != .handshake, counters.bytesReceived &- acknowledged >= peerWindow else { return }
        acknowledged = counters.bytesReceived
        send(RTMPControl.acknowledgement(UInt32(truncatingIfNeeded: acknowledged)))
    }

    // MARK: - End

    mutating func fail(_ error: RTMPError) { close(.protocolError(error)) }

    /// Ends all roles, then the connection; idempotent.
    mutating func close(_ reason: RTMPCloseReason) {
        guard !isClosed else { return }
        for stream in streams { leave(stream.id, .closed(reason)) }
        phase = .closed
        held = []
        streams = []
        publishers = []
        act(.close(reason))
    }
}
