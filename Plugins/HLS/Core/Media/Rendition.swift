import Formats

/// One media playlist and its files: collects samples into parts, parts into segments, and keeps those that may still be asked
/// for.
///
/// Owns the playlist's numbers (media sequence, discontinuity sequence, part numbers). Never decides *where* a segment ends:
/// the packager does, for all renditions at the same point. The first track leads: its times make the durations.
struct Rendition: Sendable {
    /// "video", "audio", "audio2": the first part of every resource's name.
    let name: String
    /// The leading track first.
    private(set) var tracks: [RenditionTrack]
    private let partMs: Int64
    /// Where cuts fall.
    private(set) var cut: PartCutter
    /// Complete segments: kept ones first, then those in the window.
    var segments: [Segment] = []
    /// Index into `segments` of the first one that the playlist lists.
    var windowStart = 0
    /// The last complete segment when something was last asked for; nil before anybody did.
    var askedAt: Int64?
    /// The segment being written; nil between a segment's end and the next sample.
    var open: Segment?
    /// The media sequence number that the next new segment gets.
    private(set) var nextSequence: Int64
    /// EXT-X-DISCONTINUITY-SEQUENCE.
    var discontinuitySequence: Int64
    /// The next new segment is preceded by EXT-X-DISCONTINUITY.
    private(set) var pendingDiscontinuity = false
    /// Where the part being written starts, ticks.
    private(set) var partStart: Int64 = 0
    /// The number of the part being written, which is the hinted one.
    private(set) var nextPart: UInt64 = 0
    /// The initialization segments that something listed or kept still needs.
    var initializations: [Initialization] = []
    /// Whether anything was written yet.
    private(set) var hasStarted = false
    /// ENDLIST.
    private(set) var hasEnded = false
    /// Counts changes of the playlist.
    private(set) var revision: UInt64 = 0
    /// The playlist as last written, and the revision it shows.
    var written: (revision: UInt64, text: ArraySlice<UInt8>)?
    /// What was measured.
    var measure = BandwidthMeasure()
    /// The `emsg` that goes before the first part of the segment being written; empty once it is there.
    private var event: [UInt8] = []
    /// Messages that wait for their part, by time.
    var events: [RenditionEvent] = []
    /// Messages that the segment being written has.
    var eventsTold = 0
    /// moof sequence number.
    private var fragment: UInt32 = 1

    init(
        name: String, tracks: [RenditionTrack], partMs: Int, initialization: [UInt8], number: Int, sequence: Int64,
        discontinuity: Int64
    ) {
        self.name = name
        self.tracks = tracks
        self.partMs = Int64(partMs)
        cut = PartCutter(target: (tracks.first?.timescale ?? 1000) * Int64(partMs) / 1000)
        nextSequence = sequence
        discontinuitySequence = discontinuity
        initializations = [Initialization(number: number, bytes: initialization[...])]
    }

    /// Ticks per second of the durations.
    var timescale: Int64 { tracks.first?.timescale ?? 1000 }

    /// The description of the leading track.
    var lead: TrackDescription? { tracks.first?.description }

    /// The sequence number of the segment being written, or of the next one.
    var openSequence: Int64 { open?.sequence ?? nextSequence }

    /// Length of what the segment being written has so far in finished parts.
    var openDuration: Int64 { open.map { partStart - $0.start } ?? 0 }

    /// Decoding time reached by the leading track, microseconds.
    var reachedMicros: Int64 {
        TrackClock.rescale(max(tracks.first?.reached ?? 0, partStart), from: timescale, to: 1_000_000)
    }

    /// Bytes kept, finished or not.
    var byteCount: Int {
        var total = open?.byteCount ?? 0
        for segment in segments { total += segment.byteCount }
        return total + openPartBytes
    }

    /// Bytes of the part being written.
    var openPartBytes: Int { tracks.reduce(0) { $0 + $1.fragment.payload.count } }

    /// Replaces the tracks by those of a new epoch; the next segment uses the new initialization segment.
    mutating func replaceTracks(_ new: [RenditionTrack], initialization: [UInt8]) {
        tracks = new
        cut = PartCutter(target: timescale * partMs / 1000)
        guard let last = initializations.last, last.bytes.elementsEqual(initialization) == false else { return }
        initializations.append(Initialization(number: last.number + 1, bytes: initialization[...]))
    }

    /// Says that what comes next does not continue what was.
    mutating func markDiscontinuity() {
        if hasStarted { pendingDiscontinuity = true }
        events = []
    }

    /// Begins a segment at `start` unless one is open; `id3` as in `HLSConfiguration.segmentID3`.
    mutating func begin(at start: Int64, wallClockMs: Int64, id3: String = "") {
        guard open == nil else { return }
        eventsTold = 0
        if !id3.isEmpty {
            event =
                SegmentEvent.bytes(
                    id3, sequence: nextSequence, wallClockMs: wallClockMs, start: start, timescale: timescale) + event
        }
        open = Segment(
            sequence: nextSequence, timescale: timescale, start: start, wallClockMs: wallClockMs,
            isDiscontinuous: pendingDiscontinuity,
            initialization: initializations.last?.number ?? 0)
        pendingDiscontinuity = false
        hasStarted = true
        partStart = start
        revision += 1
    }

    /// Adds a sample of the leading track; the part before it ends first where it has to. `extend` must follow.
    mutating func add(_ sample: Sample, at start: Int64, payload: UnsafeRawBufferPointer) {
        let length = start - partStart
        if cut.closesBefore(length: length, withSample: length + sample.duration, isKey: sample.isKey)
            || cut.isOverfull(samples: tracks[0].fragment.sampleCount, bytes: openPartBytes)
        {
            closePart(at: start)
        }
        guard tracks[0].append(sample, at: start, payload: payload) else { return }
        measure.frames += 1
        if sample.isKey, open?.parts.isEmpty == true, tracks[0].fragment.sampleCount == 1 { open?.startsIndependent = true }
    }

    /// Cuts the parts that end by `end`, the decoding time reached; also used with no sample at all, to let time pass.
    mutating func extend(to end: Int64, next estimate: Int64) {
        while end - partStart >= cut.target { closePart(at: partStart + cut.target) }
        if cut.closesAfter(length: end - partStart, next: estimate) { closePart(at: end) }
    }

    /// Adds a sample of a track that does not lead (muxed renditions); it goes into whatever part is being written.
    mutating func add(_ sample: Sample, toTrack index: Int, at start: Int64, payload: UnsafeRawBufferPointer) {
        guard tracks.indices.contains(index), openPartBytes < PartCutter.maximumBytes else { return }
        _ = tracks[index].append(sample, at: start, payload: payload)
    }

    /// Ends the part being written at `end`; nothing happens if it has no length.
    mutating func closePart(at end: Int64) {
        let duration = end - partStart
        guard duration > 0, open != nil else { return }
        let independent = tracks[0].hasKey
        var bytes = event + takeEvents(before: end)
        event = []
        bytes.reserveCapacity(bytes.count + tracks.reduce(0) { $0 + max(96, $1.fragment.byteCount()) })
        let isEmpty = tracks.allSatisfy { $0.fragment.isEmpty }
        for index in tracks.indices where !tracks[index].fragment.isEmpty || (isEmpty && index == 0) {
            tracks[index].finish(to: &bytes, sequence: fragment, start: partStart)
            fragment = fragment == .max ? 1 : fragment + 1
        }
        open?.byteCount += bytes.count
        open?.parts.append(Part(number: nextPart, duration: duration, isIndependent: independent, bytes: bytes[...]))
        nextPart += 1
        partStart = end
        revision += 1
    }

    /// Ends the segment being written at `end`. With none open, the sequence number is skipped over if nothing was written yet.
    mutating func closeSegment(at end: Int64) {
        closePart(at: end)
        guard var segment = open else {
            if !hasStarted { nextSequence += 1 }
            return
        }
        guard end > segment.start else { return }
        segment.complete(duration: end - segment.start)
        measure.add(bytes: segment.byteCount, ticks: segment.duration, timescale: timescale)
        segments.append(segment)
        nextSequence = segment.sequence + 1
        open = nil
        revision += 1
    }

    /// Skips ahead to `sequence`, before anything was written.
    mutating func skip(to sequence: Int64, discontinuity: Int64) {
        guard !hasStarted else { return }
        nextSequence = max(nextSequence, sequence)
        discontinuitySequence = discontinuity
    }

    /// Goes on at a later number, where nothing is listed; `discontinuity` is the count there, and what comes needs no further one.
    mutating func resume(at sequence: Int64, discontinuity: Int64) {
        guard open == nil, segments.isEmpty, sequence >= nextSequence else { return }
        if let asked = askedAt { askedAt = asked + (sequence - nextSequence) }
        nextSequence = sequence
        discontinuitySequence = max(discontinuitySequence, discontinuity)
        pendingDiscontinuity = false
        invalidate()
    }

    /// The number of discontinuities up to and with the segment `sequence`, counted from the stream's beginning.
    func discontinuities(through sequence: Int64) -> Int64 {
        var count = discontinuitySequence
        for segment in segments[windowStart...] where segment.isDiscontinuous && segment.sequence <= sequence { count += 1 }
        if let open, open.isDiscontinuous, open.sequence <= sequence { count += 1 }
        return count
    }

    /// The track is there again after a time without: what was is over, numbers go on.
    mutating func revive(sequence: Int64) {
        segments = []
        windowStart = 0
        open = nil
        (event, events) = ([], [])
        hasStarted = false
        hasEnded = false
        nextSequence = sequence
        revision += 1
    }

    /// The playlist as last written shows what is not there any more.
    mutating func invalidate() {
        written = nil
        revision += 1
    }

    /// Writes ENDLIST; nothing can be added afterwards.
    mutating func end() {
        hasEnded = true
        revision += 1
    }
}

extension Rendition {
    /// All but what can be made again. Kept segments of numbers below `first` that are not listed any more are left out.
    func write(to writer: inout BlobWriter, from first: Int64) {
        let left = segments[..<windowStart].count { $0.sequence < first }
        writer.text(name)
        writer.array(tracks) { $1.write(to: &$0) }
        writer.u64(nextPart)
        writer.array(segments[left...]) { $1.write(to: &$0, isComplete: true) }
        writer.int(windowStart - left)
        writer.optionalTime(askedAt)
        writer.optional(open) { $1.write(to: &$0, isComplete: false) }
        writer.i64(nextSequence)
        writer.i64(discontinuitySequence)
        writer.bool(pendingDiscontinuity)
        writer.i64(partStart)
        writer.array(initializations) { $1.write(to: &$0) }
        writer.bool(hasStarted)
        writer.bool(hasEnded)
        measure.write(to: &writer)
        writer.u32(fragment)
        writer.run(event + waitingEvents)
    }

    init(from reader: inout BlobReader, partMs: Int, version: UInt16) throws(BlobError) {
        let name = try reader.name()
        let at = reader.offset
        let tracks = try reader.array("tracks", limit: 2, RenditionTrack.init(from:))
        guard !tracks.isEmpty else { throw .value(field: "tracks", offset: at) }
        self.init(name: name, tracks: tracks, partMs: partMs, initialization: [], number: 0, sequence: 0, discontinuity: 0)
        let next = UInt64(try reader.number("part number"))
        nextPart = next
        segments = try reader.array("segments", limit: HandoverBounds.segments) { reader throws(BlobError) in
            try Segment(from: &reader, isComplete: true, nextPart: next)
        }
        windowStart = try reader.int("window", in: 0...segments.count)
        askedAt = try reader.optionalTime("last request")
        open = try reader.optional("open segment") { reader throws(BlobError) in
            try Segment(from: &reader, isComplete: false, nextPart: next)
        }
        nextSequence = try reader.number("sequence")
        discontinuitySequence = try reader.number("discontinuity sequence")
        pendingDiscontinuity = try reader.bool()
        partStart = try reader.time("part start")
        initializations = try reader.array("initializations", limit: HandoverBounds.initializations, Initialization.init(from:))
        hasStarted = try reader.bool()
        hasEnded = try reader.bool()
        measure = try BandwidthMeasure(from: &reader)
        fragment = try reader.u32()
        if version >= 3 { event = try reader.run("event", limit: Rendition.mostEventBytes) }
        guard isInOrder else { throw .value(field: "segments", offset: at) }
    }

    /// Numbers rise, the segment being written has the next one, and the part being written is in it.
    private var isInOrder: Bool {
        guard zip(segments, segments.dropFirst()).allSatisfy({ $0.sequence < $1.sequence }) else { return false }
        if let last = segments.last, last.sequence >= nextSequence { return false }
        guard let open else { return true }
        return hasStarted && open.sequence == nextSequence && open.start <= partStart
    }
}
