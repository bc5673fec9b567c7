import CMicro

/// One thing that is measured: by name, what one operation of it is, and how to get ready for it.
struct Benchmark {
    /// `part.what`, in lower case; the key in limits.json.
    let name: String
    /// What one operation is.
    let operation: String
    /// Makes what the batches need; its result carries out and measures one batch, always the same number of operations.
    let prepare: () throws(MicroError) -> () -> Sample

    /// Batches that are thrown away: caches and arrays get their size.
    static let warmUp = 3

    /// Runs `batches` batches.
    func run(batches: Int) throws(MicroError) -> Figures {
        let batch = try prepare()
        for _ in 0..<Self.warmUp { _ = batch() }
        var samples: [Sample] = []
        samples.reserveCapacity(batches)
        for _ in 0..<batches { samples.append(batch()) }
        return Figures(self, samples)
    }

    /// Memory instead of work: the allocations and bytes that each of `count` things holds once it is made; the time is that of making.
    static func held<T>(_ count: Int, make: () -> T, end: (T) -> Void) -> Sample {
        var all: [T] = []
        all.reserveCapacity(count)
        let before = micro_allocations_now(), bytes = micro_live_bytes(), start = micro_now_ns()
        for _ in 0..<count { all.append(make()) }
        let time = micro_now_ns() - start
        let after = micro_allocations_now(), held = Double(micro_live_bytes()) - Double(bytes)
        let live = Double(after.calls - before.calls) - Double(after.frees - before.frees)
        for thing in all { end(thing) }
        let each = Double(count)
        return Sample(nanoseconds: Double(time) / each, allocations: live / each, bytes: held / each)
    }

    /// All of them, in the order in which they are listed.
    static var all: [Benchmark] { border + stream + rtmp + flv + hls + broadcast + formats }
}
