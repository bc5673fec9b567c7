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
