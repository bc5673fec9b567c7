import CMicro

/// Adds up time and allocations over the parts of a batch that are to be measured.
struct Meter {
    private(set) var nanoseconds: UInt64 = 0
    private(set) var allocations: UInt64 = 0
    private(set) var bytes: UInt64 = 0
    private var since: UInt64 = 0
    private var before = micro_allocations()

    mutating func start() {
        before = micro_allocations_now()
        since = micro_now_ns()
    }

    mutating func stop() {
        let now = micro_now_ns()
        let after = micro_allocations_now()
        nanoseconds &+= now &- since
        allocations &+= after.calls &- before.calls
        bytes &+= after.bytes &- before.bytes
    }

    /// What one of `operations` cost.
    func sample(_ operations: Int) -> Sample {
        let count = Double(max(1, operations))
        return Sample(
            nanoseconds: Double(nanoseconds) / count, allocations: Double(allocations) / count, bytes: Double(bytes) / count)
    }

    /// Measures all of `body`, which carries out `operations`.
    static func batch(_ operations: Int, _ body: () -> Void) -> Sample {
        var meter = Meter()
        meter.start()
        body()
        meter.stop()
        return meter.sample(operations)
    }
}
