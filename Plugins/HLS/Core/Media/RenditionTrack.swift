import Formats

/// One track of a rendition's file: the samples of the part being written.
struct RenditionTrack: Sendable {
    /// What a decoder must know; its timescale is the file's.
    let description: TrackDescription
    /// Samples of the part being written, in decoding order.
    private(set) var fragment: MediaFragment
    /// Decoding time reached: where the next sample has to begin.
    private(set) var reached: Int64 = 0
    /// One of the samples can be decoded alone.
    private(set) var hasKey = false

    init(description: TrackDescription) {
        self.description = description
        fragment = MediaFragment(track: description)
    }

    /// Ticks per second in the file.
    var timescale: Int64 { Int64(description.timescale) }

    /// Adds a sample that begins at `start`; false if it cannot be written.
    mutating func append(_ sample: Sample, at start: Int64, payload: UnsafeRawBufferPointer) -> Bool {
        let (presentation, overflow) = start.addingReportingOverflow(sample.composition)
        guard !overflow else { return false }
        let media = MediaSample(
            dts: start, pts: presentation, duration: sample.duration, isSync: sample.isKey, isDroppable: sample.isDroppable)
        do { try fragment.add(media, payload: payload.bytes) } catch { return false }
        hasKey = hasKey || sample.isKey
        reached = start + sample.duration
        return true
    }

    /// Writes the samples as moof + mdat and forgets them. With none, a fragment that says so at time `end` or what was reached.
    mutating func finish(to bytes: inout [UInt8], sequence: UInt32, start: Int64) {
        if fragment.isEmpty {
            EmptyFragment.append(
                to: &bytes, trackID: fragment.trackID, sequence: sequence, decodeTime: max(reached, start))
        } else {
            fragment.append(to: &bytes, sequenceNumber: sequence, nextDecodeTime: reached)
            fragment.removeAll()
        }
        hasKey = false
    }
}

extension RenditionTrack {
    /// The part being written goes as the fragment that it would be if it ended here.
    func write(to writer: inout BlobWriter) {
        writer.track(description)
        writer.run(fragment.finish(sequenceNumber: 0))
        writer.i64(reached)
        writer.bool(hasKey)
    }

    init(from reader: inout BlobReader) throws(BlobError) {
        let at = reader.offset
        self.init(description: try reader.track())
        guard HandoverBounds.timescales.contains(Int(description.timescale)) else {
            throw .value(field: "timescale", offset: at)
        }
        let written = try reader.run("open part", limit: .max)
        reached = try reader.time("track end")
        hasKey = try reader.bool()
        guard written.isEmpty || add(written) else { throw .value(field: "open part", offset: at) }
    }

    /// Takes the samples of a fragment back; false unless they make the same one again.
    private mutating func add(_ written: [UInt8]) -> Bool {
        guard let parsed = try? ParsedFragment.all(in: written), parsed.count == 1, let samples = parsed.first?.samples,
            samples.reduce(0, { $0 + $1.range.count }) <= written.count
        else { return false }
        for sample in samples {
            let media = MediaSample(
                dts: sample.dts, pts: sample.pts, duration: Int64(sample.duration), isSync: sample.isSync,
                isDroppable: sample.flags & 0x80_0000 != 0)
            let isAdded = written.withUnsafeBytes { bytes in
                (try? fragment.add(media, payload: UnsafeRawBufferPointer(rebasing: bytes[sample.range]).bytes)) != nil
            }
            guard isAdded else { return false }
        }
        return fragment.finish(sequenceNumber: 0) == written
    }
}
