/// Counters of one session since it began.
public struct RTMPStatistics: Sendable, Equatable {
    public var bytesReceived: UInt64 = 0
    public var messages: UInt64 = 0
    public var frames: UInt64 = 0
    /// Frames that came before the configuration of their track.
    public var framesBeforeConfiguration: UInt64 = 0
    /// Audio, video and data messages that cannot be read, or whose payload is not what its codec demands.
    public var badMedia: UInt64 = 0
    /// Audio, video and data messages of a stream that is not being published.
    public var strayMedia: UInt64 = 0
    /// Steps of more than ten seconds between two audio or video messages, in either direction.
    public var timestampJumps: UInt64 = 0
    public var ignoredMessages: UInt64 = 0

    mutating func add(_ other: RTMPStatistics) {
        bytesReceived &+= other.bytesReceived
        messages &+= other.messages
        frames &+= other.frames
        framesBeforeConfiguration &+= other.framesBeforeConfiguration
        badMedia &+= other.badMedia
        strayMedia &+= other.strayMedia
        timestampJumps &+= other.timestampJumps
        ignoredMessages &+= other.ignoredMessages
    }
}
