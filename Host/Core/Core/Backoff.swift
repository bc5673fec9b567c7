/// How long to wait before something that failed is tried again: 100 ms, then twice as long each time, at most 30 s. What ran for 10 s
/// before it failed begins anew.
struct Backoff: Sendable {
    private(set) var failures = 0
    private var began: UInt64 = 0
    private var awaySince: UInt64 = 0

    private static let good: UInt64 = 10_000_000_000

    /// It runs since then, monotonic nanoseconds.
    mutating func begins(at now: UInt64) {
        began = now
        awaySince = 0
    }

    /// What it needs is away, and expected back: that is waited for without counting, for 10 s. Returns the time to wait.
    mutating func waits(at now: UInt64) -> UInt64 {
        if awaySince == 0 { awaySince = now }
        return now &- min(awaySince, now) < Self.good ? 100_000_000 : fails(at: now)
    }

    /// It failed. Returns the time to wait, nanoseconds.
    mutating func fails(at now: UInt64) -> UInt64 {
        if began > 0, now &- min(began, now) >= Self.good { failures = 0 }
        began = 0
        failures += 1
        return min(100_000_000 << UInt64(min(failures - 1, 20)), 30_000_000_000)
    }

    /// What is tried next is another thing.
    mutating func reset() { self = Backoff() }

    /// So often in a row that nobody should wait for it.
    var isHopeless: Bool { failures >= 3 }
}
