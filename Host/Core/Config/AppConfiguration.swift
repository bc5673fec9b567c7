/// One application: `[app.NAME]`. Streams live in it, and its rules are theirs unless a verdict says otherwise.
public struct AppConfiguration: Sendable, Equatable {
    /// How a player is served: one flush per video frame, or one per 100 ms.
    public enum Latency: String, Sendable, CaseIterable {
        case low, dense
    }

    /// What a second publisher of a name meets: the first one stays unless it has stalled, stays always, or goes.
    public enum Duplicate: String, Sendable, CaseIterable {
        case stalled, reject, takeover
    }

    /// The name in addresses: one path part.
    public var name: String
    /// No authentication, said on purpose; exactly one of `isOpen` and a non-empty `auth` holds.
    public var isOpen = false
    /// The chain, in order.
    public var auth: [AuthChainEntry] = []
    /// Ids of the plugins that serve this app's streams.
    public var outputs: [String] = []
    /// Default `low`.
    public var latency = Latency.low
    /// Default `stalled`.
    public var duplicate = Duplicate.stalled
    /// A publisher that sent nothing for so long counts as stalled; default 5 s (`stall_s`).
    public var stallMilliseconds = 5_000
    /// How long a stream waits for its publisher to come back; default 10 s (`linger_s`).
    public var lingerMilliseconds = 10_000
    /// How long a player may wait for a stream that is not on air; default 10 s (`wait_s`).
    public var waitMilliseconds = 10_000
    /// Players of one stream at the same time; 0, the default, is no limit.
    public var viewers = 0
    /// What a request to play by HTTP has to carry; none by default (`play_header`).
    public var playHeader: PlayHeader?
    /// What is made of its streams, in the order of the file.
    public var steps: [StepConfiguration] = []
    /// Streams that the server brings on air itself.
    public var sources: [SourceConfiguration] = []

    public init(name: String) { self.name = name }
}
