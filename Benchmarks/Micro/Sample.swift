/// What one operation cost in one batch.
struct Sample: Sendable {
    var nanoseconds: Double
    var allocations: Double
    var bytes: Double

    /// What this cost more than `other`, spread over `count` more of something.
    func less(_ other: Sample, per count: Int) -> Sample {
        let count = Double(max(1, count))
        return Sample(
            nanoseconds: (nanoseconds - other.nanoseconds) / count, allocations: (allocations - other.allocations) / count,
            bytes: (bytes - other.bytes) / count)
    }
}
