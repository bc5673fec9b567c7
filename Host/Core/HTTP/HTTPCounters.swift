import Synchronization

/// What a service has counted since its start; any thread.
public final class HTTPCounters: Sendable {
    private let opened = Atomic<Int>(0)
    private let closed = Atomic<Int>(0)
    private let handled = Atomic<Int>(0)
    private let refused = Atomic<Int>(0)

    /// Connections open now.
    public var connections: Int { opened.load(ordering: .relaxed) - closed.load(ordering: .relaxed) }
    /// Requests handed to a handler.
    public var requests: Int { handled.load(ordering: .relaxed) }
    /// Requests refused before a handler saw them: malformed, unknown, over a limit, without a token.
    public var refusals: Int { refused.load(ordering: .relaxed) }

    /// Responses begun, by the first digit of their status; index 0 is unused.
    public var responses: [Int] { classes.withLock { $0 } }
    private let classes = Mutex([Int](repeating: 0, count: 6))

    func answered(_ status: Int) {
        classes.withLock { classes in
            let first = status / 100
            if classes.indices.contains(first) { classes[first] += 1 }
        }
    }
    func connectionOpened() { opened.wrappingAdd(1, ordering: .relaxed) }
    func connectionClosed() { closed.wrappingAdd(1, ordering: .relaxed) }
    func requestHandled() { handled.wrappingAdd(1, ordering: .relaxed) }
    func requestRefused() { refused.wrappingAdd(1, ordering: .relaxed) }
}
