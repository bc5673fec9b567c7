/// A connection of the host's, as its session uses it: on the connection's lane only.
public final class Connection {
    /// The host.
    public let host: Host
    /// Names the connection in the services.
    public let handle: sluice_handle
    /// The manifest's `[[listen]]` name.
    public let listener: String
    /// Whether the bytes came through TLS.
    public let tls: Bool
    /// `192.0.2.7`, `2001:db8::7`.
    public let peerAddress: String
    /// The peer's port.
    public let peerPort: UInt32
    /// The port that it came to.
    public let localPort: UInt32
    /// Bytes a session may hold unparsed once authenticated.
    public let unparsedLimit: UInt64
    /// The same before it is authenticated.
    public let unparsedLimitBefore: UInt64
    /// Bytes of one message.
    public let messageLimit: UInt64
    /// Time for handshake or request head in all.
    public let handshakeNanoseconds: UInt64
    /// A publisher that sends nothing for so long is ended.
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
