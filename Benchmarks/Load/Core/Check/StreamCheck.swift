/// What a player remembers of its stream from frame to frame.
public struct StreamCheck: Equatable, Sendable {
    /// The tag that this player's marks must have; 0 when it is not known.
    public var tag: UInt8
    /// Latency is that of frames published since then (nanoseconds): what the server had kept for those who join comes before.
    public var since: UInt64
    var counter: UInt32?
    var videoTime: UInt32?
    var audioTime: UInt32?

    public init(tag: UInt8 = 0, since: UInt64 = 0) {
        self.tag = tag
        self.since = since
    }
}
