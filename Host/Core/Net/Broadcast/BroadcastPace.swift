/// How often a player is sent to.
public enum BroadcastPace: Sendable, Equatable {
    /// One flush per video frame; audio waits for it at most `BroadcastOptions.audioWaitMilliseconds`.
    case low
    /// One flush per 100 ms, players spread over five phases of it.
    case dense
}
