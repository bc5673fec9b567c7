import Formats

/// Everything a peer can make grow or wait, with the bound that holds it.
///
/// "Trusted" is a connection that was allowed to publish; all others get the small budget.
public struct RTMPLimits: Sendable, Equatable {
    /// Longest message of a trusted peer, in bytes.
    public var messageBytes = 8 << 20
    /// Bytes of partially assembled messages of a trusted peer, beside the largest one.
    public var pendingBytes = 4 << 20
    /// Longest message before trust, in bytes.
    public var untrustedMessageBytes = 128 << 10
    /// Bytes of partially assembled messages before trust, beside the largest one: 256 KiB in all.
    public var untrustedPendingBytes = 128 << 10
    /// Bytes kept while an answer to connect, publish or play is awaited.
    public var heldBytes = 256 << 10
    /// Depth and number of AMF values in one command.
    public var amf = AMFLimits.standard
    /// Different chunk streams on one connection.
    public var chunkStreams = 64
    /// Message streams (`createStream`) on one connection.
    public var messageStreams = 16
    /// Tracks of one publisher.
    public var tracks = 16
    /// Commands and pings that may come at once.
    public var commandBurst = 200
    /// Commands and pings per second after the burst.
    public var commandsPerSecond = 50
    /// Configuration changes per publisher that may come at once; then one per second.
    public var configurationBurst = 30
    /// Whole handshake, nanoseconds.
    public var handshakeNanoseconds: UInt64 = 10_000_000_000
    /// From the end of the handshake to a publish or play, nanoseconds; the wait for an answer does not count.
    public var idleNanoseconds: UInt64 = 30_000_000_000
    /// A publisher without audio or video, nanoseconds.
    public var publisherSilenceNanoseconds: UInt64 = 30_000_000_000
    /// Silence of a player after which it is pinged, nanoseconds.
    public var pingAfterNanoseconds: UInt64 = 60_000_000_000
    /// Silence after the ping that ends the connection, nanoseconds.
    public var pongWithinNanoseconds: UInt64 = 30_000_000_000

    public init() {}
}
