/// A token bucket: `burst` at once, then `perSecond`.
struct RTMPBucket: Sendable {
    private let burst: UInt64
    private let perSecond: UInt64
    /// Tokens in billionths, so that nanoseconds multiply without division.
    var level: UInt64
    var last: UInt64

    init(burst: Int, perSecond: Int, now: UInt64) {
        self.burst = UInt64(clamping: max(1, burst))
        self.perSecond = UInt64(clamping: max(1, perSecond))
        level = self.burst * 1_000_000_000
        last = now
    }

    /// Takes one token; false when there is none.
    mutating func take(at now: UInt64) -> Bool {
        let full = burst * 1_000_000_000
        let passed = now > last ? now - last : 0
        last = max(last, now)
        let gained = passed.multipliedReportingOverflow(by: perSecond)
        let sum = level.addingReportingOverflow(gained.overflow ? full : gained.partialValue)
        level = sum.overflow ? full : min(full, sum.partialValue)
        guard level >= 1_000_000_000 else { return false }
        level -= 1_000_000_000
        return true
    }
}
