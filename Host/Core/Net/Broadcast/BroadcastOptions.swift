/// Bounds and pace of one log; the defaults are the host's.
public struct BroadcastOptions: Sendable, Equatable {
    /// Pace of players that ask for none.
    public var pace: BroadcastPace = .low
    /// Bytes that the log keeps at most for players that lag; half of it is the lag at which a player jumps, and bounds
    /// the rests of records kept for players that stalled within them.
    public var retention = 16 << 20
    /// Longest wait of audio for a video frame, `.low`.
    public var audioWaitMilliseconds = 33
    /// Age of unsent bytes at which a player jumps to the latest join point.
    public var maxLagMilliseconds = 4_000
    /// Time without progress of a player that has something to receive, after which it is cut; also the longest that the rest of a
    /// record may take of which the log is wanted back.
    public var stallMilliseconds = 10_000
    /// Jumps without having caught up in between, after which a player is cut.
    public var maxJumps = 8
    /// Bytes of replies waiting for a record boundary, beyond which a player is cut.
    public var controlLimit = 64 << 10
    /// Bytes that wait for a phase, beyond which it is flushed early, `.dense`.
    public var denseEarlyBytes = 64 << 10

    /// The defaults.
    public init() {}

    /// The defaults with a pace.
    public init(pace: BroadcastPace) { self.pace = pace }
}
