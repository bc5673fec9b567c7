import Formats

/// Sample-accurate times for audio whose source times are rounded (RTMP: to milliseconds).
///
/// Counts frames of a known length. A source time that is off by less than the threshold is jitter: the count is kept, and a
/// lasting offset is worked off one sample per frame. Beyond the threshold the source is right: a frame was lost, or clocks
/// jumped.
struct AudioCadence: Sendable {
    /// Beyond this many samples the source's time is taken.
    let threshold: Int64
    /// A lasting offset of fewer samples is left alone.
    let tolerance: Int64
    /// Where the next frame is expected.
    private(set) var next: Int64?
    /// Smoothed offset of the source's time from the count, in 1/64 samples.
    private var offset: Int64 = 0

    /// For frames of about `frame` samples at `rate` samples per second.
    init(frame: Int64, rate: Int64) {
        threshold = max(frame * 3 / 2, rate / 25)
        tolerance = rate / 200
    }

    /// The time to use for a frame of `frame` samples that the source puts at `time`.
    mutating func place(_ time: Int64, frame: Int64) -> Int64 {
        guard let expected = next else { return restart(at: time, frame) }
        let error = time - expected
        if error > threshold || error < -threshold { return restart(at: time, frame) }
        offset += error - offset / 64
        let start = expected
        let lasting = offset / 64
        let correction: Int64 = lasting > tolerance ? 1 : lasting < -tolerance ? -1 : 0
        next = start + frame + correction
        return start
    }

    private mutating func restart(at time: Int64, _ frame: Int64) -> Int64 {
        offset = 0
        next = time + frame
        return time
    }

    /// Forgets the count: the next frame's time is taken as it is.
    mutating func reset() {
        next = nil
        offset = 0
    }
}

extension AudioCadence {
    func write(to writer: inout BlobWriter) {
        writer.optionalTime(next)
        writer.i64(offset)
    }

    /// Goes on where the one that was written stood.
    mutating func resume(from reader: inout BlobReader) throws(BlobError) {
        next = try reader.optionalTime("cadence")
        offset = Int64(try reader.int("cadence offset", in: -(1 << 40)...1 << 40))
    }
}
