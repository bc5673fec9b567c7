/// Builds one CMAF chunk: `moof` with one `traf`, and `mdat` (ISO 14496-12 §8.8, CMAF 23000-19 §7.3.2).
///
/// Owns the samples and a copy of their bytes until `removeAll`. `finish` allocates once, the result. For muxed output the
/// fragments of several tracks are put behind one another. It never looks into the payload.
public struct MediaFragment: Sendable {
    /// What a fragment may grow to.
    public struct Limits: Sendable, Equatable {
        /// Most samples; default 16384.
        public var samples = 16384
        /// Most payload bytes; default 64 MiB.
        public var bytes = 64 << 20

        /// The defaults.
        public init() {}
    }

    struct Entry: Sendable {
        var duration: UInt32
        var size: UInt32
        var flags: UInt32
        var compositionOffset: Int32
    }

    /// `track_ID`, see `InitializationSegment.trackID`.
    public let trackID: UInt32
    /// The bounds that `add` enforces.
    public let limits: Limits
    /// Decode time of the first sample; nil while empty.
    public private(set) var baseDecodeTime: Int64?
    /// Whether the first sample is a sync sample: HLS `INDEPENDENT=YES`.
    public private(set) var startsWithSync = false
    /// The payload so far.
    public private(set) var payload: [UInt8] = []
    private(set) var entries: [Entry] = []
    private var lastDecodeTime: Int64 = 0

    /// An empty fragment of a track.
    public init(trackID: UInt32, limits: Limits = Limits()) {
        self.trackID = trackID
        self.limits = limits
    }

    /// An empty fragment of a track of the stream.
    public init(track: TrackDescription, limits: Limits = Limits()) {
        self.init(trackID: InitializationSegment.trackID(track), limits: limits)
    }

    /// Whether there is no sample.
    public var isEmpty: Bool { entries.isEmpty }

    /// Samples so far.
    public var sampleCount: Int { entries.count }

    /// Decode time of the last sample; nil while empty.
    public var lastSampleDecodeTime: Int64? { isEmpty ? nil : lastDecodeTime }

    /// Appends a sample and copies its bytes. A sample that throws is not added.
    public mutating func add(_ sample: MediaSample, payload bytes: RawSpan) throws(MP4Error) {
        guard entries.count < limits.samples else { throw .overLimit("samples", limit: limits.samples) }
        guard bytes.byteCount <= limits.bytes - payload.count, let size = UInt32(exactly: bytes.byteCount) else {
            throw .overLimit("fragment bytes", limit: limits.bytes)
        }
        guard sample.dts >= 0 else { throw .decodeTime(sample.dts) }
        let offset = sample.pts.subtractingReportingOverflow(sample.dts)
        guard !offset.overflow, let compositionOffset = Int32(exactly: offset.partialValue) else {
            throw .compositionOffset(pts: sample.pts, dts: sample.dts)
        }
        guard let duration = UInt32(exactly: sample.duration) else { throw .duration(sample.duration) }
        if baseDecodeTime == nil {
            baseDecodeTime = sample.dts
            startsWithSync = sample.isSync
        } else {
            try close(at: sample.dts)
        }
        lastDecodeTime = sample.dts
        entries.append(Entry(duration: duration, size: size, flags: sample.flags, compositionOffset: compositionOffset))
        bytes.withUnsafeBytes { payload.append(contentsOf: $0) }
    }

    /// The sample before lasts exactly until the next, whatever its duration was said to be: `tfdt` must not drift from decode times.
    private mutating func close(at next: Int64) throws(MP4Error) {
        guard next > lastDecodeTime else { throw .decodeTime(next) }
        // Both are not negative.
        guard let duration = UInt32(exactly: next - lastDecodeTime) else { throw .duration(next - lastDecodeTime) }
        entries[entries.count - 1].duration = duration
    }

    /// Where the fragment ends, and the next one should begin: `next` if it lies behind the last sample, else by the last sample's
    /// duration, else by the one before it, else one tick on. Nil while empty.
    public func endDecodeTime(next: Int64? = nil) -> Int64? {
        guard !entries.isEmpty else { return nil }
        return lastDecodeTime.addingReportingOverflow(Int64(lastDuration(next: next))).partialValue
    }

    func lastDuration(next: Int64?) -> UInt32 {
        if let next, next > lastDecodeTime, let duration = UInt32(exactly: next - lastDecodeTime) { return duration }
        guard let last = entries.last else { return 0 }
        if last.duration > 0 { return last.duration }
        return entries.count > 1 ? entries[entries.count - 2].duration : 1
    }

    /// Forgets the samples and keeps the memory.
    public mutating func removeAll() {
        entries.removeAll(keepingCapacity: true)
        payload.removeAll(keepingCapacity: true)
        baseDecodeTime = nil
        startsWithSync = false
    }
}
