import HostNet
import Synchronization

/// How long calls into one plugin take: `[budgets]` of its manifest. Two reads of the clock per call; counts what is over, and tells.
final class CallBudget: Sendable {
    private let softNanoseconds: UInt64
    private let hardNanoseconds: UInt64
    private let soft = Atomic<UInt64>(0)
    private let hard = Atomic<UInt64>(0)
    private let lastTold = Atomic<UInt64>(0)
    private let over: @Sendable (_ function: StaticString, _ nanoseconds: UInt64, _ isHard: Bool) -> Void

    /// At most one line about soft overruns in so many nanoseconds.
    private static let quiet: UInt64 = 10_000_000_000

    /// `over` is called for each hard overrun, and for soft ones now and then.
    init(
        softMilliseconds: Int, hardMilliseconds: Int,
        over: @escaping @Sendable (_ function: StaticString, _ nanoseconds: UInt64, _ isHard: Bool) -> Void
    ) {
        softNanoseconds = UInt64(max(softMilliseconds, 0)) &* 1_000_000
        hardNanoseconds = UInt64(max(hardMilliseconds, 0)) &* 1_000_000
        self.over = over
    }

    /// Calls longer than the soft budget, the hard ones among them.
    var softOverruns: UInt64 { soft.load(ordering: .relaxed) }
    var hardOverruns: UInt64 { hard.load(ordering: .relaxed) }

    /// Runs a call into the plugin and looks how long it took.
    @inline(__always)
    func measure<R>(_ function: StaticString, _ call: () -> R) -> R {
        let start = NetClock.now
        let result = call()
        let end = NetClock.now
        if end &- start > softNanoseconds { note(function, end &- start, at: end) }
        return result
    }

    /// Counts a call over the soft budget, and tells.
    func note(_ function: StaticString, _ taken: UInt64, at now: UInt64) {
        soft.wrappingAdd(1, ordering: .relaxed)
        if taken > hardNanoseconds {
            hard.wrappingAdd(1, ordering: .relaxed)
            return over(function, taken, true)
        }
        let last = lastTold.load(ordering: .relaxed)
        guard last == 0 || now &- min(last, now) >= Self.quiet else { return }
        guard lastTold.compareExchange(expected: last, desired: now, ordering: .relaxed).exchanged else { return }
        over(function, taken, false)
    }
}
