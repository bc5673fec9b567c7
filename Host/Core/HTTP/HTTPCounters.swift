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

    func connectionOpened() { opened.wrappingAdd(1, ordering: .relaxed) }
    func connectionClosed() { closed.wrappingAdd(1, ordering: .relaxed) }
    func requestHandled() { handled.wrappingAdd(1, ordering: .relaxed) }
    func requestRefused() { refused.wrappingAdd(1, ordering: .relaxed) }
}
