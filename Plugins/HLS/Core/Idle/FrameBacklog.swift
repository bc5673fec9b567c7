import Formats

/// What a stream that nobody watches has to remember so that packaging it can begin at once, and in the past: its tracks and its
/// latest frames, in order, from a key frame on.
///
/// Decides what is kept: as many frames as make `segments` complete segments, and the one being written, within bounds of bytes and
/// frames. Frames are counted in *units*: from a key frame to the first one at or after the length of a segment, as the packager
/// cuts; it makes at least one segment of each. Never looks into a frame.
public struct FrameBacklog: ~Copyable {
    /// What is kept at least, and at most.
    public struct Limits: Sendable, Equatable {
        /// Complete segments that the frames kept have to make.
        public var segments = 3
        /// As in `HLSConfiguration`.
        public var segmentMs = 2_000
        /// As in `HLSConfiguration`.
        public var maximumSegmentMs = 10_000
        /// How long frames of other tracks are kept before the first key frame of the leading one.
        public var leadInMs = 2_000
        /// Most bytes of frames. Beyond, the oldest unit goes; one that is larger alone goes too, and nothing is kept until the next
        /// key frame.
        public var bytes = 64 << 20
        /// Most frames and other entries; as `bytes`.
        public var frames = 20_000

        /// The defaults.
        public init() {}

        /// What a stream of this configuration, which is within bounds, needs.
        init(_ configuration: HLSConfiguration) {
            segments = max(3, min(configuration.idleSegments, configuration.windowSegments))
            segmentMs = configuration.segmentMs
            maximumSegmentMs = configuration.maximumSegmentMs
            leadInMs = configuration.maximumSkewMs
            bytes = configuration.maximumBytes
            // 200 a second are six times those of pictures and sound.
            frames = max(20_000, segments * configuration.segmentMs / 5)
        }
    }

    enum Event {
        case tracks([TrackDescription], discontinuity: Bool)
        case frame(FrameTiming, wallClockMs: Int64)
        case flush
    }

    struct Entry: ~Copyable {
        let event: Event
        /// Of a frame; there for as long as `held` is.
        let bytes: UnsafeRawBufferPointer?
        private let held: HeldFrame?

        init(_ event: Event) {
            self.event = event
            bytes = nil
            held = nil
        }

        init(_ timing: FrameTiming, wallClockMs: Int64, _ frame: consuming HeldFrame) {
            event = .frame(timing, wallClockMs: wallClockMs)
            bytes = frame.bytes
            held = .some(consume frame)
        }

        /// The frame alone.
        consuming func frame() -> HeldFrame? { held }
    }

    /// From a key frame on.
    struct Unit {
        /// Of its first frame: entries that were ever added before it.
        var position: Int
        /// Decoding time of its first frame.
        var start: Int64
        /// Length without the jumps of the source's time, milliseconds.
        var milliseconds: Double = 0
    }

    let limits: Limits
    private let muxed: Bool
    private var entries = Ring<Entry>()
    private var units = Ring<Unit>()
    /// Entries that were taken from the front since it was made.
    private var taken = 0
    /// Those of them that were frames.
    private(set) var takenFrames = 0
    /// Segments that the units before the one being written make at least.
    private var closedSegments = 0
    /// Decoding time of the leading track's latest frame.
    private var reached: Int64 = 0
    /// The next key frame begins a unit whatever the length of the one before: what was delivered ended.
    private var isBroken = false
    /// Which of `carried` had a frame since what was delivered ended last, as bits.
    private var arrived: UInt32 = 0
    /// The leading track first.
    private(set) var carried: [TrackDescription] = []
    private var newest: [TrackDescription] = []

    /// The tracks in force before the first entry.
    public private(set) var base: [TrackDescription] = []
    /// Bytes of the frames that are kept.
    public private(set) var byteCount = 0

    /// An empty one; `muxed` as in `HLSConfiguration`.
    public init(limits: Limits = Limits(), muxed: Bool = false) {
        self.limits = limits
        self.muxed = muxed
    }

    /// Entries that are kept: frames, and what happened between them.
    public var count: Int { entries.count }

    /// Complete segments that what is kept makes at least.
    public var completeSegments: Int { closedSegments + openSegments }

    /// Whether as much is kept as shall be.
    public var isFull: Bool { completeSegments >= limits.segments }

    // MARK: What comes in

    /// All tracks, before the first frame and whenever they change. Throws as the packager does, and changes nothing then.
    public mutating func tracks(_ new: [TrackDescription], discontinuity: Bool) throws(HLSError) {
        let next = try HLSPackager.group(new, muxed: muxed).flatMap(\.tracks)
        let before = carried.first
        carried = next
        newest = new
        if discontinuity || !FrameBacklog.continues(before, next.first) { interrupt() }
        entries.append(Entry(.tracks(new, discontinuity: discontinuity)))
        settleFront()
    }

    /// The publisher was lost: what was delivered ended.
    public mutating func flush() {
        interrupt()
        entries.append(Entry(.flush))
        settleFront()
    }

    /// One access unit; `frame` is let go if it is of no use. Returns whether it ended a unit: its length in ticks of the leading track.
    @discardableResult
    public mutating func append(_ timing: FrameTiming, wallClockMs: Int64, _ frame: consuming HeldFrame) -> Int64? {
        let dts = timing.dts == FrameTiming.unknown ? timing.pts : timing.dts
        guard dts != FrameTiming.unknown, !timing.flags.contains(.config), frame.bytes.count > 0,
            let index = carried.firstIndex(where: { $0.id == timing.track })
        else {
            if isMessage(timing, bytes: frame.bytes.count) {
                byteCount += frame.bytes.count
                entries.append(Entry(timing, wallClockMs: wallClockMs, frame))
                trim(wallClockMs)
            }
            return nil
        }
        let bit: UInt32 = 1 << UInt32(truncatingIfNeeded: index)
        if timing.flags.contains(.discontinuity), arrived & bit != 0 { interrupt() }
        var closed: Int64?
        if index == 0 {
            if carried[0].kind == .audio || timing.flags.contains(.key) { closed = begin(at: dts) }
            guard !units.isEmpty else { return nil }
            extend(to: dts)
        }
        arrived |= bit
        byteCount += frame.bytes.count
        entries.append(Entry(timing, wallClockMs: wallClockMs, frame))
        trim(wallClockMs)
        return closed
    }

    /// Whether it is one of the publisher's messages, of a length that is told.
    private func isMessage(_ timing: FrameTiming, bytes: Int) -> Bool {
        !units.isEmpty && bytes > 0 && bytes <= TimedMessage.longestPayload
            && newest.contains { $0.id == timing.track && HLSPackager.carriesMessages($0) }
    }

    // MARK: What goes out

    /// Takes the oldest.
    mutating func next() -> Entry? {
        guard let entry = entries.popFirst() else { return nil }
        taken += 1
        if entry.bytes != nil { takenFrames += 1 }
        byteCount -= entry.bytes?.count ?? 0
        return entry
    }

    /// Forgets all but the newest tracks.
    public mutating func removeAll() {
        taken += entries.count
        entries.removeAll()
        units.removeAll()
        (byteCount, closedSegments, arrived, isBroken) = (0, 0, 0, false)
        base = newest
    }

    // MARK: Units

    /// Whether the packager goes on without a cut when its leading track changes like this.
    private static func continues(_ before: TrackDescription?, _ after: TrackDescription?) -> Bool {
        guard let before, let after else { return true }
        return before.kind == after.kind && before.codec == after.codec && before.timescale == after.timescale
            && before.configuration == after.configuration
    }

    private mutating func interrupt() {
        isBroken = true
        arrived = 0
    }

    /// A key frame of the leading track: begins a unit if the one before is long enough, and returns that one's length.
    private mutating func begin(at dts: Int64) -> Int64? {
        var length: Int64?
        if let open = units.last {
            let (distance, overflow) = dts.subtractingReportingOverflow(open.start)
            let wanted = Double(limits.segmentMs - limits.segmentMs / 20) * Double(carried[0].timescale)
            guard isBroken || overflow || Double(distance) * 1000 >= wanted else { return nil }
            closedSegments += FrameBacklog.segments(open, limits, isClosed: true)
            let spent = Double(carried[0].timescale) * open.milliseconds / 1000
            length = isBroken || overflow ? Int64(spent) : distance
        }
        isBroken = false
        units.append(Unit(position: taken + entries.count, start: dts))
        reached = dts
        return length
    }

    private mutating func extend(to dts: Int64) {
        let step = (Double(dts) - Double(reached)) * 1000 / Double(max(1, carried[0].timescale))
        let most = Double(limits.segmentMs)
        units.updateLast { $0.milliseconds += min(max(step, 0), most) }
        reached = dts
    }

    /// Segments that the packager makes of a unit at least: it cuts what is too long without a key frame.
    private static func segments(_ unit: Unit, _ limits: Limits, isClosed: Bool) -> Int {
        max(isClosed ? 1 : 0, Int(unit.milliseconds / Double(limits.maximumSegmentMs + 1_000)))
    }

    private var openSegments: Int { units.last.map { FrameBacklog.segments($0, limits, isClosed: false) } ?? 0 }

    /// Whether the rest is enough without the oldest unit. A little later than it could: other tracks lag behind the leading one.
    private var canSpare: Bool {
        guard units.count > 1, let first = units.first, let open = units.last, closedSegments + openSegments > limits.segments
        else {
            return false
        }
        return closedSegments + openSegments - FrameBacklog.segments(first, limits, isClosed: true) >= limits.segments
            && open.milliseconds * 4 >= Double(limits.segmentMs)
    }

    private mutating func trim(_ now: Int64) {
        while canSpare { dropUnit() }
        while byteCount > limits.bytes || entries.count > limits.frames {
            if units.count > 1 {
                dropUnit()
            } else {
                removeAll()
            }
        }
        guard units.isEmpty else { return }
        while isEarly(now) {
            dropFirst()
            settleFront()
        }
    }

    private mutating func dropUnit() {
        guard let first = units.popFirst() else { return }
        closedSegments -= FrameBacklog.segments(first, limits, isClosed: true)
        guard let position = units.first?.position else { return }
        while taken < position, !entries.isEmpty { dropFirst() }
        settleFront()
    }

    private mutating func dropFirst() {
        guard let entry = next() else { return }
        if case .tracks(let tracks, _) = entry.event { base = tracks }
    }

    /// What is not between two frames need not be kept.
    private mutating func settleFront() {
        while entries.withElement(at: 0, FrameBacklog.isFrame) == false { dropFirst() }
    }

    private static func isFrame(_ entry: borrowing Entry) -> Bool {
        if case .frame = entry.event { true } else { false }
    }

    private func isEarly(_ now: Int64) -> Bool {
        let wall = entries.withElement(at: 0) { entry in
            if case .frame(_, let wallClockMs) = entry.event { wallClockMs } else { now }
        }
        return wall.map { (now &- $0).magnitude > UInt64(limits.leadInMs) } ?? false
    }
}

extension FrameBacklog {
    /// Frames go with their bytes.
    func write(to writer: inout BlobWriter) {
        writer.int(taken)
        writer.int(takenFrames)
        writer.i64(reached)
        writer.bool(isBroken)
        writer.u32(arrived)
        writer.tracks(newest)
        writer.tracks(base)
        writer.int(units.count)
        for index in 0..<units.count {
            guard let unit = units.withElement(at: index, { $0 }) else { continue }
            writer.int(unit.position)
            writer.i64(unit.start)
            writer.f64(unit.milliseconds)
        }
        writer.int(entries.count)
        for index in 0..<entries.count {
            _ = entries.withElement(at: index) { FrameBacklog.write($0, to: &writer) }
        }
    }

    private static func write(_ entry: borrowing Entry, to writer: inout BlobWriter) {
        switch entry.event {
        case .tracks(let tracks, let discontinuity):
            writer.u8(0)
            writer.tracks(tracks)
            writer.bool(discontinuity)
        case .frame(let timing, let wallClockMs):
            writer.u8(1)
            writer.u32(timing.track)
            writer.i64(timing.pts)
            writer.i64(timing.dts)
            writer.i64(timing.duration)
            writer.u32(timing.flags.rawValue)
            writer.i64(wallClockMs)
            if let bytes = entry.bytes { writer.run(bytes) } else { writer.run([]) }
        case .flush: writer.u8(2)
        }
    }

    /// Reads into one that is empty; its limits hold. Its tracks have to be ones that it could have been told.
    mutating func resume(from reader: inout BlobReader) throws(BlobError) {
        taken = try reader.int("entries", in: 0...HandoverBounds.number)
        takenFrames = try reader.int("entries", in: 0...HandoverBounds.number)
        reached = try reader.i64()
        isBroken = try reader.bool()
        arrived = try reader.u32()
        let at = reader.offset
        newest = try reader.tracks()
        if !newest.isEmpty {
            guard let groups = try? HLSPackager.group(newest, muxed: muxed) else { throw .value(field: "tracks", offset: at) }
            carried = groups.flatMap(\.tracks)
        }
        base = try reader.tracks()
        for _ in 0..<(try reader.int("units", in: 0...HandoverBounds.entries)) {
            let position = try reader.int("unit", in: (units.last?.position ?? taken)...taken + HandoverBounds.entries)
            let start = try reader.i64()
            units.append(Unit(position: position, start: start, milliseconds: try reader.measure("unit", most: 1e9)))
        }
        for _ in 0..<(try reader.int("entries", in: 0...HandoverBounds.entries)) { entries.append(try entry(from: &reader)) }
        closedSegments =
            units.count < 2
            ? 0
            : (0..<(units.count - 1)).reduce(0) { sum, index in
                sum + (units.withElement(at: index) { FrameBacklog.segments($0, limits, isClosed: true) } ?? 0)
            }
        guard units.isEmpty || !carried.isEmpty else { throw .value(field: "units", offset: at) }
    }

    private mutating func entry(from reader: inout BlobReader) throws(BlobError) -> Entry {
        let at = reader.offset
        switch try reader.u8() {
        case 0:
            let tracks = try reader.tracks()
            return Entry(.tracks(tracks, discontinuity: try reader.bool()))
        case 1:
            var timing = FrameTiming(track: try reader.u32(), pts: try reader.i64(), dts: try reader.i64())
            timing.duration = try reader.i64()
            timing.flags = FrameFlags(rawValue: try reader.u32())
            let wallClockMs = try reader.i64()
            let bytes = try reader.run("frame", limit: .max)
            byteCount += bytes.count
            return Entry(timing, wallClockMs: wallClockMs, HeldFrame(copying: bytes))
        case 2: return Entry(.flush)
        default: throw .value(field: "entry", offset: at)
        }
    }
}
