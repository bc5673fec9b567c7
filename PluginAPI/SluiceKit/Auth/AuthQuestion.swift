/// What is asked: may this peer do this? All texts are as the peer sent them, bounded but not trusted.
public struct AuthQuestion: Sendable {
    /// What the peer wants to do.
    public enum Action: UInt32, Sendable {
        /// Talk to the app at all; there may be no credentials yet.
        case connect = 1
        /// Put a stream on air.
        case publish
        /// Watch one.
        case play
        /// Use the administration.
        case admin
    }

    /// What the peer wants to do.
    public var action: Action
    /// The asking connection's handle; 0 for HTTP exchanges.
    public var connection: UInt64
    /// `rtmp`, `http`.
    public var protocolName: String
    /// `rtmp`, `rtmps`, `http`, `https`.
    public var scheme: String
    /// Host name of the address that the peer used, without port; may be empty.
    public var hostName: String
    /// Port of that address; 0: not said.
    public var port: UInt32
    /// One valid name.
    public var app: String
    /// What follows the app in the address: `p/102/e/0_ab`.
    public var path: String
    /// One valid name; empty at connect.
    public var stream: String
    /// The raw address (RTMP `tcUrl`).
    public var url: String
    /// RTMP: the raw `app` value.
    public var rawApp: String
    /// RTMP: the raw stream text with its query.
    public var rawStream: String
    /// Decoded pairs of the address, then of the stream text, in order.
    public var query: [(key: String, value: String)]
    /// `user`, `password`, `bearer`, `client_certificate` …, as the protocol has them.
    public var credentials: [(key: String, value: String)]
    /// Whether the peer came through TLS.
    public var tls: Bool
    /// The peer's address: `192.0.2.7`, `2001:db8::7`.
    public var peerAddress: String
    /// The peer's port.
    public var peerPort: UInt32
    /// What the connect verdict of this connection left behind.
    public var context: String
    /// Monotonic nanoseconds: answer before.
    public var deadline: UInt64

    init?(_ request: UnsafePointer<sluice_auth_request>) {
        let raw = request.pointee
        guard let action = Action(rawValue: raw.action) else { return nil }
        self.action = action
        connection = raw.connection
        protocolName = raw.protocol.string
        scheme = raw.scheme.string
        hostName = raw.host_name.string
        port = raw.port
        app = raw.app.string
        path = raw.path.string
        stream = raw.stream.string
        url = raw.url.string
        rawApp = raw.raw_app.string
        rawStream = raw.raw_stream.string
        query = pairs(raw.query, raw.query_count)
        credentials = pairs(raw.credentials, raw.credential_count)
        tls = raw.tls != 0
        peerAddress = raw.peer_address.string
        peerPort = raw.peer_port
        context = raw.context.string
        deadline = raw.deadline_ns
    }
}

/// Borrowed C pairs as Swift strings.
func pairs(_ pointer: UnsafePointer<sluice_pair>?, _ count: UInt32) -> [(key: String, value: String)] {
    guard let pointer else { return [] }
    return UnsafeBufferPointer(start: pointer, count: Int(count)).map { ($0.key.string, $0.value.string) }
}
