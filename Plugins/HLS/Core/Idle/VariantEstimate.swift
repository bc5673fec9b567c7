import Formats

/// What a stream that is not packaged looks like as a variant: from its tracks, and from the sizes of its frames.
struct VariantEstimate: Sendable {
    private let configuration: HLSConfiguration
    private let tracks: [TrackDescription]
    /// Has tracks and measures, never frames.
    private var shape: HLSPackager
    /// Of the unit being written, by place in `carried`.
    private var sums: [(bytes: Int, frames: Int)]
    private let carried: [TrackDescription]
    /// Which of `carried` are shown, as bits.
    private var shown: UInt32 = .max

    init(_ tracks: [TrackDescription], carried: [TrackDescription], configuration: HLSConfiguration) {
        self.configuration = configuration
        self.tracks = tracks
        self.carried = carried
        shape = HLSPackager(configuration: configuration)
        sums = Array(repeating: (0, 0), count: carried.count)
        try? shape.tracks(tracks, discontinuity: false)
    }

    /// A frame of the unit being written.
    mutating func add(track: UInt32, bytes: Int) {
        guard let index = carried.firstIndex(where: { $0.id == track }) else { return }
        sums[index].bytes += bytes
        sums[index].frames += 1
    }

    /// The unit ended, `ticks` of the leading track long. A track without a frame in it is not shown.
    mutating func endUnit(ticks: Int64) {
        var seen: UInt32 = 0
        for index in sums.indices where sums[index].frames > 0 { seen |= 1 << UInt32(truncatingIfNeeded: index) }
        if seen != shown, seen & 1 != 0 { show(seen) }
        for index in sums.indices {
            let track = carried[index]
            guard let rendition = shape.inputs.first(where: { $0.description.id == track.id })?.rendition else { continue }
            // A fragment's boxes: about 120 bytes for each part and 12 for each sample.
            let seconds = Double(ticks) / Double(max(1, carried[0].timescale))
            let parts = Int(min(max(seconds, 0), 3_600) * 1000) / max(1, configuration.partMs) + 1
            shape.renditions[rendition].measure.add(
                bytes: sums[index].bytes + 12 * sums[index].frames + 120 * parts, ticks: ticks,
                timescale: Int64(carried[0].timescale))
            shape.renditions[rendition].measure.frames += Double(sums[index].frames)
            sums[index] = (0, 0)
        }
    }

    private mutating func show(_ seen: UInt32) {
        shown = seen
        let hidden = carried.indices.filter { seen & (1 << UInt32(truncatingIfNeeded: $0)) == 0 }.map { carried[$0].id }
        shape = HLSPackager(configuration: configuration)
        try? shape.tracks(tracks.filter { !hidden.contains($0.id) }, discontinuity: false)
    }

    func variant(uriPrefix: String) -> HLSVariant { shape.variant(uriPrefix: uriPrefix) }
}

extension VariantEstimate {
    /// All but tracks and configuration.
    func write(to writer: inout BlobWriter) {
        writer.u32(shown)
        writer.array(sums) { writer, sum in
            writer.int(sum.bytes)
            writer.int(sum.frames)
        }
        writer.array(shape.renditions) { $1.measure.write(to: &$0) }
    }

    /// Goes on where the one that was written stood, of the same tracks.
    mutating func resume(from reader: inout BlobReader) throws(BlobError) {
        let at = reader.offset
        let seen = try reader.u32()
        if seen != shown { show(seen) }
        let read = try reader.array("sums", limit: HandoverBounds.renditions) { reader throws(BlobError) in
            (bytes: try reader.int("bytes", in: 0...1 << 40), frames: try reader.int("frames", in: 0...1 << 40))
        }
        let measures = try reader.array("measures", limit: HandoverBounds.renditions, BandwidthMeasure.init(from:))
        guard read.count == sums.count, measures.count == shape.renditions.count else {
            throw .value(field: "estimate", offset: at)
        }
        sums = read
        for (index, measure) in measures.enumerated() { shape.renditions[index].measure = measure }
    }
}
