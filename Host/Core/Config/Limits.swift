/// What bounds a peer: `[limits]` of the server's configuration, all with defaults, all printed by `sluice check`.
///
/// Sizes are bytes, times milliseconds. The bounds inside one protocol (nesting of its values, for instance) belong to its plugin.
public struct Limits: Sendable, Equatable {
    /// Handshake or request head, in all.
    public var handshakeMilliseconds = 10_000
    /// Bytes that a connection may hold unparsed.
    public var unparsedBytes = 4 << 20
    /// The same before the connection is authenticated.
    public var unauthenticatedBytes = 256 << 10
    /// One message of a protocol.
    public var messageBytes = 8 << 20
    /// Connections of one address that are not authenticated.
    public var unauthenticatedPerAddress = 256
    /// All connections.
    public var connections = 20_000
    /// A player to whom nothing could be sent for so long is cut.
    public var playerStallMilliseconds = 10_000
    /// A publisher that sends nothing for so long is ended.
    public var publisherSilentMilliseconds = 30_000
    /// The kernel's send buffer per connection (SO_SNDBUF).
    public var sendBufferBytes = 256 << 10
    /// HTTP requests held for media to come, per host.
    public var heldRequests = 10_000
    /// The longest that one request is held, where its plugin asks for no less.
    public var heldRequestMilliseconds = 30_000
    /// Request line and header fields of an HTTP request.
    public var requestHeadBytes = 32 << 10
    /// Body of an HTTP request.
    public var requestBodyBytes = 1 << 20
    /// Streams on air, per host.
    public var streams = 1_000
    /// What a stream keeps from its last key frame on.
    public var ringBytes = 64 << 20
    /// What one broadcast log keeps.
    public var logBytes = 64 << 20
    /// Frames that a subscriber may lag behind before it loses some.
    public var subscriberFrames = 4_096
    /// The same in bytes.
    public var subscriberBytes = 16 << 20
    /// The same in time.
    public var subscriberMilliseconds = 5_000

    /// The defaults.
    public init() {}
}
