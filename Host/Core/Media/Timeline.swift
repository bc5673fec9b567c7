// Timeline: one continuous clock per stream over publishers, reconnects and broken encoders.
//
// Publishers push source time. The timeline adds an offset per publication, so that what subscribers see never jumps back, keeps dts
// strictly increasing per track, and maps pts to wall time. It owns no frame and reads no clock.

import CHostMedia

/// Maps source times to stream times.
public struct Timeline {
    /// What became of a frame's time.
    public struct Mapped: Equatable {
        public var pts: Int64
        public var dts: Int64
        public var discontinuity: Bool
        public var wallMicroseconds: Int64
    }

    /// Source times that go back by less than this are mended one by one; beyond, the timeline is anchored anew.
    static let smallStep: Int64 = 1_000_000_000
    /// What `largestStep` is unless it is set.
    static let largeStep: Int64 = 10_000_000_000

    /// A step forward beyond this that the arrival clock did not see is a jump of the source's clock; nanoseconds. After a jump, and for a
    /// publisher that begins, the group's wall clock holds when it is no further off.
    public var largestStep = Timeline.largeStep
    /// The wall clock that the stream shares with others.
    public var base: WallBase?

    private struct TrackState {
        var lastDts: Int64 = .min  // stream time, ticks
        var lastStep: Int64 = 0
        var timescale: UInt32

        init(timescale: UInt32) { self.timescale = timescale }

        /// The next publisher's track may tick otherwise.
        mutating func adopt(_ next: UInt32) {
            guard next != timescale else { return }
            if lastDts != .min { lastDts = rescale(lastDts, from: timescale, to: next) &+ 1 }
            lastStep = 0
            timescale = next
        }
    }

    private var tracks: [UInt32: TrackState] = [:]
    private var offset: Int64 = 0  // nanoseconds, a multiple of 1 ms: exact in RTMP's timescale
    private var previousOffset: Int64 = 0
    private var end: Int64 = .min  // the latest dts, nanoseconds of stream time
    private var lastArrival: UInt64 = 0
    private var needsAnchor = true
    private var needsWall = false
    private var wallAnchor: (stream: Int64, wall: Int64)?
    /// The latest that a frame was mapped to, microseconds.
    private var lastWall: Int64 = .min

    /// Frames whose time had to be mended, since the stream began.
    public private(set) var repairs: UInt64 = 0
    /// Times the timeline was anchored anew, since the stream began.
    public private(set) var jumps: UInt64 = 0

    public init() {}

    /// A new publisher: its first frame goes on where the last one ended, plus the time in between.
    public mutating func publisherChanged() {
        needsAnchor = true
        for id in tracks.keys { tracks[id]?.lastStep = 0 }
    }

    /// A new publisher whose times go on from the one before: only the wall clock is looked at anew.
    public mutating func clockChanged() { needsWall = true }

    /// Ticks as nanoseconds.
    public static func nanoseconds(_ ticks: Int64, _ timescale: UInt32) -> Int64 {
        rescale(ticks, from: timescale, to: 1_000_000_000)
    }

    /// Maps one frame.
    /// - Parameters:
    ///   - timescale: of the frame's track, ticks per second.
    ///   - arrival: monotonic ns; wall: the wall clock at that moment, µs.
    public mutating func map(
        track: UInt32, pts: Int64, dts: Int64, timescale: UInt32, arrival: UInt64, wall: Int64
    ) -> Mapped {
        let dts = dts == SLUICE_TIME_UNKNOWN_VALUE ? pts : dts
        let composition = pts == SLUICE_TIME_UNKNOWN_VALUE ? 0 : pts.subtractingReportingOverflow(dts).partialValue
        let source = rescale(dts, from: timescale, to: 1_000_000_000)
        let elapsed = lastArrival == 0 ? 0 : Int64(clamping: arrival &- min(lastArrival, arrival))
        var discontinuity = false
        if needsAnchor {
            discontinuity = anchorPublisher(source: source, elapsed: elapsed, arrival: arrival, wall: wall)
        }
        if needsWall {
            needsWall = false
            discontinuity = discontinuity || end != .min
            wallAnchor = (source &+ offset, wall)
        }
        var state = tracks[track] ?? TrackState(timescale: timescale)
        state.adopt(timescale)
        var used = offset
        if state.lastDts != .min {
            let last = rescale(state.lastDts, from: timescale, to: 1_000_000_000)
            if !fits(source &+ used, after: last, elapsed: elapsed) {
                if fits(source &+ previousOffset, after: last, elapsed: elapsed) {
                    used = previousOffset
                } else {
                    previousOffset = offset
                    let step = max(rescale(state.lastStep, from: timescale, to: 1_000_000_000), 1_000_000)
                    // A sparse track does not pull the others back to where it was last.
                    let base = end &- last > largestStep ? end : last
                    offset = roundToMillisecond(base &+ step &- source)
                    used = offset
                    jumps &+= 1
                    discontinuity = true
                    anchorWall(source, at: source &+ used, wall)
                }
            }
        } else if source &+ used < 0 || source &+ used > end &+ largestStep, end != .min {
            // The first frame of a track that joins with a clock of its own.
            used = roundToMillisecond(max(end, 0) &- source)
        }
        var mapped = addClamped(dts, rescale(used, from: 1_000_000_000, to: timescale))
        if state.lastDts != .min, mapped <= state.lastDts {
            mapped = state.lastDts &+ 1
            repairs &+= 1
        }
        if state.lastDts != .min { state.lastStep = mapped &- state.lastDts }
        state.lastDts = mapped
        tracks[track] = state
        let streamTime = rescale(mapped, from: timescale, to: 1_000_000_000)
        end = max(end, streamTime)
        lastArrival = arrival
        let ptsMapped = addClamped(mapped, max(min(composition, Int64(timescale) &* 10), -Int64(timescale) &* 10))
        let mappedWall = wallTime(ptsMapped, timescale, wall)
        lastWall = max(lastWall, mappedWall)
        return Mapped(pts: ptsMapped, dts: mapped, discontinuity: discontinuity, wallMicroseconds: mappedWall)
    }

    /// What the wall clock is at a time of the source: the group's, which may be a second behind what was said last, or `wall`.
    private mutating func anchorWall(_ source: Int64, at stream: Int64, _ wall: Int64) {
        let earliest = lastWall == .min ? lastWall : lastWall &- 1_000_000
        wallAnchor = (stream, base?.settle(source: source, wall: wall, drift: largestStep, earliest: earliest) ?? wall)
    }

    private mutating func anchorPublisher(source: Int64, elapsed: Int64, arrival: UInt64, wall: Int64) -> Bool {
        needsAnchor = false
        let isFirst = end == .min
        if isFirst {
            // Source time as it is, unless it begins below zero or absurdly high.
            offset = source < 0 || source > 1 << 53 ? roundToMillisecond(-source) : 0
        } else {
            offset = roundToMillisecond(end &+ max(elapsed, 20_000_000) &- source)
        }
        previousOffset = offset
        anchorWall(source, at: source &+ offset, wall)
        return !isFirst
    }

    private func fits(_ time: Int64, after last: Int64, elapsed: Int64) -> Bool {
        let step = time &- last
        if step <= 0 { return -step < Self.smallStep }
        // A sparse track (slides, captions) may step far while the others show that the clock has gone on.
        return step < largestStep || step / 2 < elapsed || time &- end < largestStep
    }

    private func wallTime(_ pts: Int64, _ timescale: UInt32, _ wall: Int64) -> Int64 {
        guard let wallAnchor else { return wall }
        let delta = rescale(pts, from: timescale, to: 1_000_000_000) &- wallAnchor.stream
        return addClamped(wallAnchor.wall, delta / 1000)
    }

    private func roundToMillisecond(_ ns: Int64) -> Int64 { (ns / 1_000_000) &* 1_000_000 }
}

/// `SLUICE_TIME_UNKNOWN` as Swift sees it.
public let SLUICE_TIME_UNKNOWN_VALUE = Int64.min

/// `value` ticks of `from` per second in ticks of `to` per second, rounded down, clamped to what fits.
func rescale(_ value: Int64, from: UInt32, to: UInt32) -> Int64 {
    guard from != to, from > 0 else { return value }
    let (high, low) = value.magnitude.multipliedFullWidth(by: UInt64(to))
    guard high < UInt64(from) else { return value < 0 ? .min / 4 : .max / 4 }
    let quotient = UInt64(from).dividingFullWidth((high, low)).quotient
    let clamped = Int64(clamping: min(quotient, UInt64(Int64.max / 4)))
    return value < 0 ? -clamped : clamped
}

private func addClamped(_ a: Int64, _ b: Int64) -> Int64 {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? (b > 0 ? .max : .min + 1) : sum
}
