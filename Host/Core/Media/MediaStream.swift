// MediaStream: what a stream is between its publisher and its subscribers: tracks, timeline, ring, batch, figures.
//
// It is confined to its lane, reads no clock, knows no socket, plugin table or app: the router drives it. Frames pushed in one turn
// reach the subscribers as one batch, by `deliver`.

public import CHostMedia

/// Who takes a stream's frames: an output's sink, seen from the stream. Called on the stream's lane.
public protocol StreamSubscriber: AnyObject {
    func tracks(_ tracks: TrackSet, discontinuity: Bool)
    /// A batch in order of arrival, borrowed.
    func frames(_ frames: UnsafeBufferPointer<sluice_frame>)
    func publisher(lost: Bool)
}

/// One stream's media state.
public final class MediaStream {
    /// Figures of a stream since it began.
    public struct Figures: Sendable {
        public var frames: UInt64 = 0
        public var bytes: UInt64 = 0
        public var dropped: UInt64 = 0
        public var repairs: UInt64 = 0
        public var jumps: UInt64 = 0
        public var measuredBitrate: UInt64 = 0
        public var peakBitrate: UInt64 = 0

        public init() {}
    }

    public private(set) var tracks: TrackSet?
    public private(set) var epoch: UInt64 = 0
    public private(set) var figures = Figures()
    public private(set) var lastArrival: UInt64 = 0
    /// The wall clock of the latest frame, microseconds.
    public private(set) var latestWall: Int64 = 0
    private var timeline = Timeline()
    private var ring: GOPRing
    /// Pushed in this turn; owns one reference to each frame's buffer.
    private var batch: [sluice_frame] = []
    private var subscribers: [any StreamSubscriber] = []
    private var meter = BitrateMeter()
    private var discontinuityDue = false
    private var forcedDiscontinuity = false

    public init(limits: GOPRing.Limits = GOPRing.Limits()) { ring = GOPRing(limits: limits) }

    deinit { for frame in batch { hostmedia_buffer_release(frame.buffer) } }

    /// The wall clock that its inputs go by from the next anchor on; nil: one of its own.
    public func share(_ base: WallBase?) { timeline.base = base }

    /// How far an encoder's clock may jump before it is looked at anew; nil: ten seconds.
    public func limitDrift(milliseconds: Int64?) {
        timeline.largestStep = milliseconds.map { min(max($0, 1000), 3_600_000) &* 1_000_000 } ?? Timeline.largeStep
    }

    /// A publisher begins, the first or the next. `keepsTime`: its times are on one timeline with those of the one before.
    public func publisherBegan(keepsTime: Bool = false) {
        breaks(keepsTime: keepsTime)
        guard tracks != nil else { return }
        for subscriber in subscribers { subscriber.publisher(lost: false) }
    }

    /// What comes next, from its tracks on, does not continue what came.
    public func breaks(keepsTime: Bool) {
        deliver()
        if keepsTime { timeline.clockChanged() } else { timeline.publisherChanged() }
        ring.clear()
        if tracks != nil { discontinuityDue = true }
    }

    /// The publisher is gone; what it pushed is delivered first.
    public func publisherEnded() {
        deliver()
        for subscriber in subscribers { subscriber.publisher(lost: true) }
    }

    /// All tracks of the stream. Equal to the last: no effect. Returns whether a new epoch began.
    @discardableResult
    public func setTracks(_ next: [TrackSet.Track]) throws(TrackSet.Refusal) -> Bool {
        let unchanged = tracks?.tracks == next
        if unchanged, !discontinuityDue { return false }
        let set = try TrackSet(next)
        deliver()
        ring.clear()
        tracks = set
        epoch &+= 1
        let discontinuity = discontinuityDue
        discontinuityDue = false
        for subscriber in subscribers { subscriber.tracks(set, discontinuity: discontinuity) }
        return true
    }

    /// Takes a frame. `false`: its track is unknown, it has no time at all, its bytes are not where it says, or there is no memory; counted.
    @discardableResult
    public func push(_ frame: sluice_frame, arrival: UInt64, wall: Int64) -> Bool {
        let hasTime = frame.pts != SLUICE_TIME_UNKNOWN_VALUE || frame.dts != SLUICE_TIME_UNKNOWN_VALUE
        guard let set = tracks, let track = set.raw(frame.track), !discontinuityDue, hasTime,
            var stored = StoredFrame(keeping: frame)
        else {
            figures.dropped &+= 1
            return false
        }
        let mapped = timeline.map(
            track: frame.track, pts: frame.pts, dts: frame.dts, timescale: track.timescale, arrival: arrival, wall: wall)
        stored.raw.pts = mapped.pts
        stored.raw.dts = mapped.dts
        stored.raw.arrival_ns = arrival
        stored.raw.wall_us = mapped.wallMicroseconds
        latestWall = mapped.wallMicroseconds
        if mapped.discontinuity { stored.raw.flags |= SLUICE_FRAME_DISCONTINUITY }
        if track.kind == SLUICE_TRACK_AUDIO { stored.raw.flags |= SLUICE_FRAME_KEY }
        ring.append(stored, isStart: isStart(stored.raw), milliseconds: rescale(mapped.dts, from: track.timescale, to: 1000))
        batch.append(stored.raw)
        lastArrival = arrival
        figures.frames &+= 1
        figures.bytes &+= UInt64(stored.size)
        figures.repairs = timeline.repairs
        figures.jumps = timeline.jumps
        meter.add(stored.size, at: arrival)
        figures.measuredBitrate = meter.bitrate
        figures.peakBitrate = max(figures.peakBitrate, meter.bitrate)
        return true
    }

    /// Whether a subscriber may begin at a frame: at a key frame of video; without video at any frame of audio.
    private func isStart(_ frame: sluice_frame) -> Bool {
        guard let set = tracks, let track = set.raw(frame.track) else { return false }
        guard set.hasVideo else { return track.kind == SLUICE_TRACK_AUDIO }
        return track.kind == SLUICE_TRACK_VIDEO && frame.flags & SLUICE_FRAME_KEY != 0
    }

    /// Hands the batch to all subscribers. Returns whether there was one.
    ///
    /// - Parameter atStart: called before the first frame of it at which a subscriber may begin, when there is one: who subscribes
    ///   there without the ring gets that frame first, and who unsubscribes there has all before it.
    @discardableResult
    public func deliver(atStart: (() -> Void)? = nil) -> Bool {
        guard !batch.isEmpty else { return false }
        var frames: [sluice_frame] = []
        swap(&frames, &batch)
        frames.withUnsafeBufferPointer { frames in
            var rest = frames
            if let atStart, let start = frames.firstIndex(where: isStart) {
                if start > 0 { hand(UnsafeBufferPointer(rebasing: frames[..<start])) }
                rest = UnsafeBufferPointer(rebasing: frames[start...])
                atStart()
            }
            hand(rest)
            for frame in frames { hostmedia_buffer_release(frame.buffer) }
        }
        if batch.isEmpty {
            frames.removeAll(keepingCapacity: true)
            swap(&frames, &batch)
        }
        return true
    }

    private func hand(_ frames: UnsafeBufferPointer<sluice_frame>) {
        for subscriber in subscribers { subscriber.frames(frames) }
    }

    /// Adds a subscriber; it gets the tracks and, unless told otherwise, the ring from the last key frame at once.
    public func subscribe(_ subscriber: any StreamSubscriber, withRing: Bool = true) {
        deliver()
        subscribers.append(subscriber)
        guard let tracks else { return }
        subscriber.tracks(tracks, discontinuity: false)
        if withRing, ring.count > 0 { ring.withFrames { subscriber.frames($0) } }
    }

    /// The frames from the last key frame on, which all subscribers have been given, once more. None: nothing is called.
    public func withRing(_ body: (UnsafeBufferPointer<sluice_frame>) -> Void) {
        deliver()
        if ring.count > 0 { ring.withFrames(body) }
    }

    public func unsubscribe(_ subscriber: any StreamSubscriber) {
        subscribers.removeAll { $0 === subscriber }
    }

    public var subscriberCount: Int { subscribers.count }
}

/// Bits per second over the last four seconds of arrival.
struct BitrateMeter {
    private var buckets: [UInt64] = [0, 0, 0, 0]
    private var second: UInt64 = 0
    private var first: UInt64 = 0
    private(set) var bitrate: UInt64 = 0

    mutating func add(_ bytes: Int, at now: UInt64) {
        let current = now / 1_000_000_000
        if first == 0 {
            first = current
            second = current
        }
        if current > second {
            let full = min(current - first, 4)
            if full > 0 { bitrate = buckets.reduce(0, &+) &* 8 / full }
            for step in 1...min(current - second, 4) { buckets[Int((second + step) % 4)] = 0 }
            second = current
        }
        buckets[Int(current % 4)] &+= UInt64(bytes)
    }
}
