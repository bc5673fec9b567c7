/// How many processors a process uses: of its last seconds, sampled once a second.
struct ProcessorUsage {
    private var last: (time: UInt64, cpu: UInt64)?
    private var samples = 0
    private var mean = 0.0
    private static let period: UInt64 = 1_000_000_000
    /// Samples before anything is said: a start is not what follows.
    private static let fewest = 3

    func isDue(_ now: UInt64) -> Bool { last.map { now &- $0.time >= Self.period } ?? true }

    mutating func note(cpu: UInt64, at now: UInt64) {
        defer { last = (now, cpu) }
        guard let last, now > last.time, cpu >= last.cpu else { return }
        let used = Double(cpu - last.cpu) / Double(now - last.time)
        // The first second is a start; each later one counts a quarter.
        mean = samples <= 1 ? used : mean + (used - mean) / 4
        samples += 1
    }

    var processors: Double? { samples >= Self.fewest ? mean : nil }
}
