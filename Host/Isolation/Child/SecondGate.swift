import Synchronization

/// So many a second, no more.
final class SecondGate: Sendable {
    private let state = Mutex<(second: UInt64, count: Int)>((0, 0))
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    func pass() -> Bool {
        let second = monotonicNanoseconds() / 1_000_000_000
        return state.withLock { state in
            if state.second != second { state = (second, 0) }
            state.count += 1
            return state.count <= limit
        }
    }
}
