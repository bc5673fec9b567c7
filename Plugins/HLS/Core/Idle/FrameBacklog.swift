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

    private let limits: Limits
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
        else { return nil }
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
