/// A connection of the host's, as its session uses it: on the connection's lane only.
public final class Connection {
    public let host: Host
    public let handle: sluice_handle
    public let listener: String
    public let tls: Bool
    public let peerAddress: String
    public let peerPort: UInt32
    public let localPort: UInt32
    /// Bytes a session may hold unparsed once authenticated, and before.
    public let unparsedLimit: UInt64
    public let unparsedLimitBefore: UInt64
    public let messageLimit: UInt64
    public let handshakeNanoseconds: UInt64
    public let publisherSilentNanoseconds: UInt64

    init(host: Host, info: sluice_connection_info) {
        self.host = host
        handle = info.connection
        listener = info.listener.string
        tls = info.tls != 0
        peerAddress = info.peer_address.string
        peerPort = info.peer_port
        localPort = info.local_port
        unparsedLimit = info.unparsed_limit
        unparsedLimitBefore = info.unparsed_limit_before
        messageLimit = info.message_limit
        handshakeNanoseconds = info.handshake_ns
        publisherSilentNanoseconds = info.publisher_silent_ns
    }

    /// Queues bytes; they leave at the end of the turn.
    public func send(_ bytes: [UInt8]) {
        guard let net = host.net, !bytes.isEmpty else { return }
        withBytes(bytes) { _ = net.pointee.send(host.pointer, handle, $0) }
    }

    /// Ends the connection, once.
    public func close(afterFlush: Bool = true, reason: String) {
        guard let net = host.net else { return }
        withText(reason) {
            _ = net.pointee.close(host.pointer, handle, afterFlush ? SLUICE_CLOSE_AFTER_FLUSH : SLUICE_CLOSE_NOW, $0)
        }
    }

    /// The session's one timer, in monotonic nanoseconds; `nil` disarms.
    public func setTimer(_ deadline: UInt64?) {
        guard let net = host.net else { return }
        _ = net.pointee.set_timer(host.pointer, handle, deadline ?? 0)
    }

    /// Words for listings; never secrets.
    public func describe(_ words: [(key: String, value: String)]) {
        guard let net = host.net else { return }
        var arena = TextArena()
        let pairs = arena.pairs(words)
        _ = net.pointee.describe(host.pointer, handle, pairs, UInt32(words.count))
    }

    /// Becomes a player of `format`; the answer comes by `ProtocolSession.attachment`.
    public func attach(grant: sluice_handle, format: String, variant: String = "", head: [UInt8]) throws(PluginError) {
        guard let broadcast = host.broadcast else {
            throw PluginError("the broadcast service is not granted", code: SLUICE_E_DENIED)
        }
        var arena = TextArena()
        var request = sluice_attach()
        request.struct_size = UInt32(MemoryLayout<sluice_attach>.size)
        request.grant = grant
        request.format = arena.text(format)
        request.variant = arena.text(variant)
        try checked("attach") { error in
            withBytes(head) {
                request.head = $0
                return broadcast.pointee.attach(host.pointer, handle, &request, error)
            }
        }
    }

    /// Leaves the log at the next record boundary; `attachment(.detached)` follows.
    public func detach() {
        guard let broadcast = host.broadcast else { return }
        _ = broadcast.pointee.detach(host.pointer, handle)
    }
}
