/// Times between timescales.
public enum MediaTime {
    /// Whole milliseconds of `ticks`, towards −∞; at the ends of Int64 instead of beyond. A timescale of 0 counts as 1000.
    @inlinable
    public static func milliseconds(_ ticks: Int64, timescale: UInt32) -> Int64 {
        guard timescale != 1000, timescale != 0 else { return ticks }
        let scale = Int64(timescale)
        var (seconds, rest) = ticks.quotientAndRemainder(dividingBy: scale)
        if rest < 0 {
            // ticks < 0, so seconds > Int64.min / 2 unless scale is 1, and then rest is 0.
            seconds -= 1
            rest += scale
        }
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carry) = whole.addingReportingOverflow(rest * 1000 / scale)
        return carry ? .max : sum
    }
}
