// HTTPListener: a bound port that serves an `HTTPService`; plain or TLS.
//
// HostNet owns the socket, TLS and the limits per address; this adds the HTTP handlers to each accepted channel.

import HostNet
import NIOCore
import NIOHTTP1

/// A bound port that serves HTTP/1.1; any thread.
public final class HTTPListener: Sendable {
    private let listener: TCPListener
    public let service: HTTPService

    private init(listener: TCPListener, service: HTTPService) {
        self.listener = listener
        self.service = service
    }

    /// Binds and serves; blocks until bound, so never call it on a loop.
    /// - Throws: `NetError` when the address cannot be had.
    public static func listen(
        on runtime: NetRuntime, _ settings: ListenerSettings, service: HTTPService
    ) throws(NetError) -> HTTPListener {
        let listener = try TCPListener.listenForChannels(on: runtime, settings) { accepted in
            try addHandlers(to: accepted, service: service)
        }
        return HTTPListener(listener: listener, service: service)
    }

    /// The port bound, also when 0 was asked for.
    public var port: Int { listener.port }
    /// The address bound.
    public var local: NetAddress { listener.local }
    public var isTLS: Bool { listener.isTLS }

    /// Stops listening; connections go on. Blocks, so never call it on a loop.
    public func stop() { listener.stop() }
    /// Stops listening; connections go on.
    public func stop() async { await listener.stop() }

    private static func addHandlers(to accepted: AcceptedChannel, service: HTTPService) throws {
        let channel = accepted.channel
        try channel.syncOptions?.setOption(.allowRemoteHalfClosure, value: true)
        let connection = HTTPConnection(service: service, accepted)
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = service.limits.headerBytes
        limits.maxHeaderListSize = service.limits.headBytes
        limits.maxHeaderFieldCount = service.limits.headerCount
        let decoder = HTTPRequestDecoder(leftOverBytesStrategy: .forwardBytes, limitConfiguration: limits)
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(RequestClock(connection), name: HTTPConnection.clockName)
        try pipeline.addHandler(ByteToMessageHandler(decoder), name: HTTPConnection.decoderName)
        try pipeline.addHandler(connection)
    }
}
