/// The raw text of a broadcast address, as far as it is known.
///
/// At RTMP `connect` the stream is nil; at `publish` all of it is there. An RTSP address is all in `tcURL`, an SRT one in `streamID`.
public struct AddressText: Hashable, Sendable {
    /// The `tcUrl` of the connect command, query and all; empty when the client sent none.
    public var tcURL: String
    /// The `app` of the connect command, query and all.
    public var app: String
    /// The name given to `publish` or `play`, query and all; nil before it is known.
    public var stream: String?
    /// The host that the connection was made to, when `tcURL` does not tell.
    public var host: String
    /// SRT: the stream id of the handshake; nil for any other protocol.
    public var streamID: String?

    public init(tcURL: String, app: String, stream: String? = nil, host: String = "", streamID: String? = nil) {
        self.tcURL = tcURL
        self.app = app
        self.stream = stream
        self.host = host
        self.streamID = streamID
    }
}
