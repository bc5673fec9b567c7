import Formats

/// One track of the source: turns its frames' times into the file's, and holds frames until their durations are known.
struct TrackInput: Sendable {
    /// As the source describes it.
    let description: TrackDescription
    /// The same with the file's timescale.
    let media: TrackDescription
    /// Index of its rendition, and of its place in there.
    let rendition: Int
    let place: Int
    /// Source times to file times.
    var clock: TrackClock
    /// Sample-accurate times, for audio whose frames have a known length.
    var cadence: AudioCadence?
    /// What is added to decoding times to compare tracks: the first key frame's composition offset, ticks.
    var shift: Int64 = 0
    /// The latest frame.
    var pending: QueuedFrame?
    /// Frames with durations that wait for the leading track, oldest first.
    var queue: [QueuedFrame] = []
    /// Bytes in `queue`.
    var queuedBytes = 0
    /// Duration of the frame before the pending one; a guess for what is not known.
    var lastDuration: Int64
    /// Start of the latest frame of this run.
    var arrived: Int64?
    /// End of what was handed to the rendition in this run.
    var position: Int64?
    private let frameSamples: Int64

    init?(_ source: TrackDescription, rendition: Int, place: Int) {
        guard (1...TrackClock.maximumTimescale).contains(Int64(source.timescale)) else { return nil }
        var filled = source
        try? filled.applyConfiguration()
        description = source
        self.rendition = rendition
        self.place = place
        clock = TrackClock(source: source.timescale, timescale: TrackInput.timescale(of: filled))
        filled.timescale = UInt32(truncatingIfNeeded: clock.timescale)
        media = filled
        frameSamples = Int64(filled.samplesPerFrame)
        let rate = Int64(filled.sampleRate)
        let counted = frameSamples > 0 || filled.codec == .opus
        if filled.kind == .audio, counted, rate == clock.timescale {
            cadence = AudioCadence(frame: frameSamples > 0 ? frameSamples : 960, rate: rate)
        }
        if frameSamples > 0, cadence != nil {
            lastDuration = frameSamples
        } else if filled.frameRateMilli > 1000, filled.kind == .video {
            lastDuration = max(1, clock.timescale * 1000 / Int64(filled.frameRateMilli))
        } else {
            lastDuration = clock.timescale / 30
        }
    }

    /// Audio counts samples; video counts 1/90000 s where that is exact, else as its source does.
    private static func timescale(of track: TrackDescription) -> Int64 {
        if track.kind == .audio, (8_000...192_000).contains(track.sampleRate) { return Int64(track.sampleRate) }
        if 90_000 % Int64(track.timescale) == 0 { return 90_000 }
        return (10_000...1_000_000).contains(track.timescale) ? Int64(track.timescale) : 90_000
    }

    /// Samples of the frame, 0 when its length is not known beforehand.
    func samples(of payload: UnsafeRawBufferPointer) -> Int64 {
        if frameSamples > 0 { return frameSamples }
        guard media.codec == .opus, let samples = OpusPacket.duration(payload.bytes) else { return 0 }
        return Int64(samples)
    }

    /// The next frame's duration if the source rounds in its favour: a part is not ended early because of a rounded time.
    var shortestNext: Int64 { max(1, lastDuration - (clock.timescale + clock.source - 1) / clock.source) }

    /// Where the frame after those in the queue has to begin, when none is pending; nil at the start of a run.
    var edge: Int64? { queue.last?.end ?? position }

    /// No frame may begin before this.
    var earliest: Int64 { pending.map { $0.start + 1 } ?? edge ?? 0 }

    /// A decoding time of this track on the line on which tracks are compared.
    func micros(_ ticks: Int64) -> Int64 { clock.micros(ticks + shift) }

    /// The reverse.
    func ticks(micros: Int64) -> Int64 { clock.ticks(micros: micros) - shift }

    /// Takes a frame, which tells the duration of the one before; nothing if it does not come later than that.
    ///
    /// The frame before is returned, its duration set.
    mutating func replacePending(by frame: QueuedFrame) -> QueuedFrame? {
        var before = pending
        if let start = before?.start {
            let duration = frame.start - start
            before?.duration = duration
            if duration <= (cadence == nil ? clock.timescale : 2 * lastDuration) { lastDuration = duration }
        }
        pending = frame
        arrived = frame.start
        return before
    }

    /// Adds to the queue.
    mutating func enqueue(_ frame: QueuedFrame) {
        queuedBytes += frame.payload?.count ?? 0
        queue.append(frame)
    }

    /// Takes the oldest out of the queue.
    mutating func dequeue() -> QueuedFrame? {
        guard !queue.isEmpty else { return nil }
        let frame = queue.removeFirst()
        queuedBytes -= frame.payload?.count ?? 0
        return frame
    }

    /// Forgets everything of the run.
    mutating func reset() {
        pending = nil
        queue = []
        queuedBytes = 0
        arrived = nil
        position = nil
        shift = 0
        cadence?.reset()
    }
}

extension TrackInput {
    /// All but the clock's origin, which is the packager's.
    func write(to writer: inout BlobWriter) {
        writer.track(description)
        writer.int(rendition)
        writer.int(place)
        writer.i64(shift)
        writer.optional(cadence) { $1.write(to: &$0) }
        writer.optional(pending) { $1.write(to: &$0) }
        writer.array(queue) { $1.write(to: &$0) }
        writer.i64(lastDuration)
        writer.optionalTime(arrived)
        writer.optionalTime(position)
    }

    init(from reader: inout BlobReader) throws(BlobError) {
        let at = reader.offset
        let source = try reader.track()
        let rendition = try reader.int("rendition", in: 0...HandoverBounds.renditions)
        let place = try reader.int("place", in: 0...1)
        guard source.kind != .data, var input = TrackInput(source, rendition: rendition, place: place) else {
            throw .value(field: "track", offset: at)
        }
        input.shift = Int64(try reader.int("shift", in: -Int(Int32.max)...Int(Int32.max)))
        guard try reader.bool() == (input.cadence != nil) else { throw .value(field: "cadence", offset: at) }
        try input.cadence?.resume(from: &reader)
        input.pending = try reader.optional("pending frame", QueuedFrame.init(from:))
        for frame in try reader.array("queue", limit: HandoverBounds.entries, QueuedFrame.init(from:)) { input.enqueue(frame) }
        let longest = Int64(HandoverBounds.frameSeconds) * input.clock.timescale
        input.lastDuration = Int64(try reader.int("last duration", in: 0...Int(longest)))
        input.arrived = try reader.optionalTime("last frame")
        input.position = try reader.optionalTime("position")
        self = input
    }
}
