import CHostNet
import NIOCore
import Synchronization

/// One accepted TCP or TLS connection: bytes in, bytes out, one timer, one end with one reason.
///
/// Confined to its event loop; hop there with `eventLoop.execute`. The socket is NIO's; the connection keeps itself alive until it
/// has ended, and holds its delegate strongly until then. Knows no protocol.
public final class Connection {
    /// Unique within the process.
    public let id: UInt64
    /// Where every call is made.
    public let eventLoop: any EventLoop
    /// Remote and own address.
    public let peer: NetAddress, local: NetAddress
    /// Whether bytes pass through TLS.
    public let isTLS: Bool
    /// Who is told; released when the connection has ended.
    public var delegate: (any ConnectionDelegate)?
    /// The direct sender of this connection's channel: attach to logs, detach, reason of the end.
    public let player: PlayerChannelHandler
    /// The channel below, for options that this class does not name.
    public let channel: any Channel

    /// Bytes received, and bytes sent in the ordinary way; what a log sends is counted by the log.
    public internal(set) var receivedBytes: UInt64 = 0, sentBytes: UInt64 = 0

    /// Media comes from this peer, many messages a second: its loop may take them in turns of some milliseconds (`TurnPacer`).
    public var isPublisher = false

    let lease: ConnectionLease
    let limits: OutboundLimits
    var isClosing = false
    var hasEnded = false
    private var isInRead = false
    private var isFlushScheduled = false
    private var hasUnflushed = false
    private var timerDeadline: UInt64 = 0
    private var armedFor: UInt64 = 0
    private var timer: NIOScheduledCallback?
    /// Ends a close that takes too long.
    var closeTimer: Scheduled<Void>?

    private static let nextID = Atomic<UInt64>(1)

    init(_ accepted: AcceptedChannel, limits: OutboundLimits) {
        id = Self.nextID.wrappingAdd(1, ordering: .relaxed).oldValue
        channel = accepted.channel
        eventLoop = accepted.channel.eventLoop
        peer = accepted.peer
        local = accepted.local
        isTLS = accepted.isTLS
        player = accepted.player
        lease = accepted.lease
        self.limits = limits
    }

    /// Whether the connection is neither closing nor closed.
    public var isOpen: Bool { !isClosing && !hasEnded }

    /// Takes the connection out of its address's count of unauthenticated ones.
    public func markAuthenticated() { lease.markAuthenticated() }

    // MARK: Sending

    /// Bytes accepted by `send` and not yet taken by the system.
    public var pendingBytes: Int {
        if player.isAttached { return player.outbox.count }
        return (try? channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// Whether the outbound buffer is below its high watermark.
    public var isWritable: Bool { channel.isWritable }

    /// Sends bytes; they leave at the end of the current read turn, or of the loop's turn.
    ///
    /// Of an attached connection they become replies at the next record boundary. Beyond the bound on outbound bytes the connection
    /// closes with "reader too slow". After `close` nothing is sent.
    public func send(_ bytes: UnsafeRawBufferPointer) {
        guard isOpen, !bytes.isEmpty else { return }
        if player.isAttached {
            try? player.sendControl(bytes)
            return
        }
        send(channel.allocator.buffer(bytes: bytes))
    }

    /// As above.
    public func send(_ bytes: [UInt8]) { bytes.withUnsafeBytes { send($0) } }

    /// As above, without a copy.
    public func send(_ buffer: ByteBuffer) {
        guard isOpen, buffer.readableBytes > 0 else { return }
        if player.isAttached {
            try? player.sendControl(buffer)
            return
        }
        guard pendingBytes + buffer.readableBytes <= limits.bufferedBytes else {
            return close(afterFlush: false, reason: "reader too slow: \(limits.bufferedBytes) bytes waiting")
        }
        sentBytes &+= UInt64(buffer.readableBytes)
        channel.write(buffer, promise: nil)
        hasUnflushed = true
        guard !isInRead, !isFlushScheduled else { return }
        isFlushScheduled = true
        eventLoop.assumeIsolated().execute {
            self.isFlushScheduled = false
            self.flush()
        }
    }

    /// Hands what was sent to the system now.
    public func flush() {
        guard hasUnflushed, !hasEnded else { return }
        hasUnflushed = false
        channel.flush()
    }

    /// Stops reading from the peer; its end may then be noticed late, its reset is not.
    public func pauseReading() { setReading(false) }

    /// Reads again.
    public func resumeReading() { setReading(true) }

    private func setReading(_ on: Bool) {
        guard !hasEnded else { return }
        try? channel.syncOptions?.setOption(.autoRead, value: on)
    }

    // MARK: Timer

    /// Sets the connection's one timer to a monotonic deadline, nil stops it. Cheap when the deadline moves back and forth.
    public func setTimer(_ deadline: UInt64?) {
        guard !hasEnded else { return }
        timerDeadline = deadline ?? 0
        guard let deadline else { return }
        if timer != nil, armedFor <= deadline { return }
        timer?.cancel()
        arm(deadline)
    }

    private func arm(_ deadline: UInt64) {
        armedFor = deadline
        timer = try? eventLoop.scheduleCallback(at: NetClock.deadline(deadline), handler: ConnectionTimer(connection: self))
    }

    func timerFired() {
        timer = nil
        guard timerDeadline != 0, !hasEnded else { return }
        let now = NetClock.now
        guard now >= timerDeadline else { return arm(timerDeadline) }
        timerDeadline = 0
        if isOpen { delegate?.connection(self, timer: now) }
    }

    // MARK: From the channel

    func readBegins() { isInRead = true }

    func readEnds() {
        isInRead = false
        flush()
    }

    func ended(_ reason: String) {
        guard !hasEnded else { return }
        hasEnded = true
        timer?.cancel()
        timer = nil
        timerDeadline = 0
        closeTimer?.cancel()
        closeTimer = nil
        let told = delegate
        delegate = nil
        told?.connection(self, closed: reason)
    }
}
