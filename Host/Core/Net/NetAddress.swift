import NIOCore

/// An IP address as text, and a port.
public struct NetAddress: Sendable, Equatable, Hashable, CustomStringConvertible {
    /// Numeric address, without brackets; empty when unknown.
    public var host: String
    public var port: Int

    /// An address as given.
    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    init(_ address: SocketAddress?) {
        host = address?.ipAddress ?? ""
        port = address?.port ?? 0
    }

    /// `host:port`, IPv6 in brackets.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}
