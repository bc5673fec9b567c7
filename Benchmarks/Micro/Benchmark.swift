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

    /// All of them, in the order in which they are listed.
    static var all: [Benchmark] { border + stream + rtmp + flv + hls + broadcast + formats }
}
