/// Where and how a `TCPListener` listens.
public struct ListenerSettings: Sendable {
    /// Numeric address or a name that resolves to one.
    public var address: String
    /// 0 lets the system choose.
    public var port: Int
    /// A socket that is bound already; the listener owns it. Address and port are for messages then.
    public var descriptor: Int32?
    /// Connections that the system may hold before they are accepted.
    public var backlog = 1_024
    /// Certificate and key; nil for plain TCP.
    public var tls: TLSContext?
    /// Limits and counts; give several listeners the same one to count them together.
    public var counter: ConnectionCounter
    /// Bounds on what is held for slow readers.
    public var outbound = OutboundLimits()
    /// Told of every connection closed at once because of a limit: its address and one line of reason; on a loop.
    public var refused: (@Sendable (NetAddress, String) -> Void)?

    /// Settings with the defaults, TLS when a context is given.
    public init(
        address: String, port: Int, tls: TLSContext? = nil, counter: ConnectionCounter = .init(),
        refused: (@Sendable (NetAddress, String) -> Void)? = nil
    ) {
        self.address = address
        self.port = port
        self.tls = tls
        self.counter = counter
        self.refused = refused
    }
}
