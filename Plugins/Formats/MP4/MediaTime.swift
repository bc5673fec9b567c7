/// Conversion of times between timescales without overflow or drift.
public enum MediaTime {
    /// `value` ticks of `from` per second as ticks of `to` per second, rounded to the nearest (halves away from zero).
    ///
    /// Unknown (`Int64.min`) stays unknown; what does not fit saturates; a timescale of 0 gives unknown. Convert absolute times, never
    /// differences that are added up afterwards.
    public static func rescale(_ value: Int64, from: UInt32, to: UInt32) -> Int64 {
        guard value != Int64.min, from > 0, to > 0 else { return Int64.min }
        if from == to { return value }
        let divisor = UInt64(from)
        let product = value.magnitude.multipliedFullWidth(by: UInt64(to))
        // Adding half of the divisor rounds; the carry goes to the high word, which is at most 2³¹.
        let (low, carry) = product.low.addingReportingOverflow(divisor / 2)
        let high = product.high + (carry ? 1 : 0)
        guard high < divisor else { return value < 0 ? -Int64.max : Int64.max }
        let quotient = divisor.dividingFullWidth((high, low)).quotient
        let magnitude = Int64(exactly: quotient) ?? Int64.max
        return value < 0 ? -magnitude : magnitude
    }
}
