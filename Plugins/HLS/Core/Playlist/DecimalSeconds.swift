/// Seconds with a fixed number of decimals, from exact fractions and without floating point.
enum DecimalSeconds {
    /// `ticks / timescale`, rounded to the nearest 0.00001.
    static func text(_ ticks: Int64, timescale: Int64) -> String {
        fixed(TrackClock.rescale(max(0, ticks), from: max(1, timescale), to: 100_000), decimals: 5)
    }

    /// `value / 10^decimals`.
    static func fixed(_ value: Int64, decimals: Int) -> String {
        let digits = String(value)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.utf8.count)) + digits
        return padded.dropLast(decimals) + "." + padded.suffix(decimals)
    }
}
