/// Durations of which percentiles are wanted, in microseconds.
public struct Samples: Sendable {
    private var values: [UInt32] = []
    private var isSorted = true

    public init() {}

    public var count: Int { values.count }

    /// Adds a duration given in nanoseconds.
    public mutating func add(nanoseconds: UInt64) {
        values.append(UInt32(clamping: nanoseconds / 1000))
        isSorted = false
    }

    /// The nearest-rank percentile (0…100) in milliseconds; -1 when there are no samples.
    public mutating func percentile(_ percent: Double) -> Double {
        guard !values.isEmpty else { return -1 }
        if !isSorted { values.sort() }
        isSorted = true
        let rank = Int((percent / 100 * Double(values.count)).rounded(.up))
        return Double(values[min(max(rank, 1), values.count) - 1]) / 1000
    }
}
