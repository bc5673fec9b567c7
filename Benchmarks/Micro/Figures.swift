import SluiceJSON

/// The figures of one benchmark: time as best and median of its batches, allocations as the mean over all of them.
struct Figures {
    let name: String
    let operation: String
    let best: Double
    let median: Double
    let allocations: Double
    let bytes: Double

    init(_ benchmark: Benchmark, _ samples: [Sample]) {
        name = benchmark.name
        operation = benchmark.operation
        let times = samples.map(\.nanoseconds).sorted()
        best = times.first ?? 0
        median = times.isEmpty ? 0 : times[times.count / 2]
        let count = Double(max(1, samples.count))
        allocations = samples.reduce(0) { $0 + $1.allocations } / count
        bytes = samples.reduce(0) { $0 + $1.bytes } / count
    }

    var json: JSONValue {
        [
            "name": .string(name), "operation": .string(operation), "best_ns": .number(rounded(best)),
            "median_ns": .number(rounded(median)), "allocations": .number(rounded(allocations)), "bytes": .number(rounded(bytes)),
        ]
    }

    /// To hundredths; never -0.
    private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 + 0 }
}
