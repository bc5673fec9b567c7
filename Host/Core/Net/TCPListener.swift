import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A TCP or TLS port: accepts, counts, and hands connections or channels over on their loops. Any thread.
///
/// Owns the listening socket only; connections outlive it.
public final class TCPListener: Sendable {
    /// Address and port bound; the port is the system's choice when 0 was asked for.
    public let local: NetAddress
    /// The port bound.
    public var port: Int { local.port }
    /// Limits and counts of this listener's connections.
    public let counter: ConnectionCounter
    /// Whether connections pass through TLS.
    public var isTLS: Bool { settings.tls != nil }

    private let channel: any Channel
    private let settings: ListenerSettings

    /// Listens for raw connections. `accept` runs on the connection's loop and sets its delegate.
    ///
    /// Blocks until bound; never call it on a loop. Throws a `NetError` that names the address.
    public static func listen(
        on runtime: NetRuntime, _ settings: ListenerSettings, accept: @escaping @Sendable (Connection) -> Void
    ) throws(NetError) -> TCPListener {
        try TCPListener(runtime, settings) { accepted in
            let connection = Connection(accepted, limits: settings.outbound)
            accepted.player.onClosed = { [connection] in connection.ended($0) }
            let handler = ConnectionHandler(connection, pacer: runtime.pacer(of: connection.eventLoop))
            try accepted.channel.pipeline.syncOperations.addHandler(handler)
            accept(connection)
        }
    }

    /// Listens for channels whose pipeline the caller builds: `accept` runs on the channel's loop and adds its handlers last.
    public static func listenForChannels(
        on runtime: NetRuntime, _ settings: ListenerSettings, accept: @escaping @Sendable (AcceptedChannel) throws -> Void
    ) throws(NetError) -> TCPListener {
        try TCPListener(runtime, settings, accept)
    }

    /// Stops accepting; connections live on. Blocks; never call it on a loop.
    public func stop() { try? channel.close().wait() }

    /// Stops accepting; connections live on.
    public func stop() async { try? await channel.close().get() }

    private init(
        _ runtime: NetRuntime, _ settings: ListenerSettings, _ accept: @escaping @Sendable (AcceptedChannel) throws -> Void
    ) throws(NetError) {
        self.settings = settings
        counter = settings.counter
        let asked = NetAddress(host: settings.address, port: settings.port).description
        if let descriptor = settings.descriptor {
            do {
                channel = try Self.bootstrap(runtime, settings, accept).withBoundSocket(descriptor).wait()
            } catch { throw .listening(on: asked, error) }
            local = NetAddress(channel.localAddress)
            return
        }
        let address: SocketAddress
        do {
            address =
                if let numeric = try? SocketAddress(ipAddress: settings.address, port: settings.port) { numeric } else {
                    try SocketAddress.makeAddressResolvingHost(settings.address, port: settings.port)
                }
        } catch { throw .badAddress(asked) }
        do {
            channel = try Self.bootstrap(runtime, settings, accept).bind(to: address).wait()
        } catch { throw .listening(on: asked, error) }
        local = NetAddress(channel.localAddress)
    }

    private static func bootstrap(
        _ runtime: NetRuntime, _ settings: ListenerSettings, _ accept: @escaping @Sendable (AcceptedChannel) throws -> Void
    ) -> ServerBootstrap {
        ServerBootstrap(group: runtime.group)
            .serverChannelOption(.backlog, value: Int32(clamping: settings.backlog))
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.socketOption(.so_sndbuf), value: SocketOptionValue(settings.outbound.sendBuffer))
            .childChannelOption(.socketOption(.tcp_nodelay), value: 1)
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .childChannelOption(.writeBufferWaterMark, value: .init(low: 64 << 10, high: 128 << 10))
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: ReceiveAllocator())
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try initialize(channel, settings, accept) }
            }
    }

    private static func initialize(
        _ channel: any Channel, _ settings: ListenerSettings, _ accept: (AcceptedChannel) throws -> Void
    ) throws {
        let peer = NetAddress(channel.remoteAddress)
        if let refusal = settings.counter.admit(peer.host) {
            settings.refused?(peer, refusal)
            throw NetError.closed
        }
        let lease = ConnectionLease(counter: settings.counter, address: peer.host)
        let pipeline = channel.pipeline.syncOperations
        let player = makePlayerHandler(isTransformed: settings.tls != nil)
        player.lease = lease
        do {
            if let tls = settings.tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls.context)) }
            try pipeline.addHandler(player)
        } catch {
            lease.close()
            throw error
        }
        try accept(
            AcceptedChannel(
                channel: channel, player: player, lease: lease, peer: peer, local: NetAddress(channel.localAddress),
                isTLS: settings.tls != nil))
    }
}
