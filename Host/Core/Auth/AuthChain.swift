/// Who is asked for an app, in which order, and what happens when one can't answer.
struct AuthChain: Sendable, Equatable {
    enum FailurePolicy: Sendable, Equatable {
        case closed
        case open
        /// An allowing verdict for the same question that is no older than its ttl and so many seconds.
        case stale(seconds: UInt64)
    }

    struct Link: Sendable, Equatable {
        var plugin: String
        var onFailure: FailurePolicy
        var deadlineNanoseconds: UInt64
    }

    /// `open = true`: everything is allowed and nobody asked.
    var open: Bool
    var links: [Link]
}
