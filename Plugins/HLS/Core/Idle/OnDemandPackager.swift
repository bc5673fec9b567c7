import Formats

/// One stream as HLS for whoever asks, packaged while somebody does: what the host's sink talks to.
///
/// Begins *cold*: frames are only held (`FrameBacklog`), which costs next to nothing. The first request makes it *hot*: what is held
/// is packaged at once, as if it had been all along, and from then on each frame as it comes. When nobody has asked for anything for
/// `windowSegments + keepSegments` segments, and nobody waits, it grows cold again; the last of these segments are held as well as
/// packaged, so that whoever comes next waits for nothing either. Everything that playlists listed is forgotten then, numbers go on,
/// and the first segment packaged after it has an EXT-X-DISCONTINUITY: between it and what was packaged before media is missing or,
/// if somebody comes soon, packaged twice. As `HLSPackager` it has no clock, socket or thread.
public struct OnDemandPackager: ~Copyable {
    /// What a variant depends on; when it differs from before, so may `variant()`.
    public struct Edition: Equatable, Sendable {
        var isCold: Bool
        var changes: Int
        var sequence: Int64
        var isPublished: Bool
    }

    private enum State { case cold, hot, cooling }

    private var packager: HLSPackager
    private var backlog: FrameBacklog
    private var state = State.cold
    private var estimate: VariantEstimate?
    private var tracks: [TrackDescription] = []
    private var changes = 0
    private var hasEnded = false
    /// The number of the segment that was being written when something was last asked for, and now.
    private var askedAt: Int64 = 0
    private var sequence: Int64 = 0
    private let needed: Int

    /// An empty stream; its configuration is brought within bounds.
    public init(configuration: HLSConfiguration = HLSConfiguration()) {
        packager = HLSPackager(configuration: configuration)
        let bounded = packager.configuration
        needed = max(3, min(bounded.idleSegments, bounded.windowSegments))
        var limits = FrameBacklog.Limits()
        limits.segments = needed
        limits.segmentMs = bounded.segmentMs
        limits.maximumSegmentMs = bounded.maximumSegmentMs
        limits.leadInMs = bounded.maximumSkewMs
        limits.bytes = bounded.maximumBytes
        // 200 a second are six times those of pictures and sound.
        limits.frames = max(20_000, needed * bounded.segmentMs / 5)
        backlog = FrameBacklog(limits: limits, muxed: bounded.muxed)
    }

    /// Frames are held: `frame` wants `held`.
    public var holdsFrames: Bool { state != .hot && !hasEnded }

    /// Frames are held and not packaged.
    public var isCold: Bool { state == .cold }

    /// Bytes of media held, packaged or not.
    public var byteCount: Int { packager.byteCount + backlog.byteCount }

    /// See `Edition`.
    public var edition: Edition {
        let isCold = state == .cold
        return Edition(
            isCold: isCold, changes: changes, sequence: isCold ? 0 : packager.openSequence,
            isPublished: isCold ? false : packager.isPublished)
    }

    /// Frames that are not held any more, or never were packaged of those that are.
    var firstKept: Int { backlog.takenFrames }

    // MARK: Media

    /// As `HLSPackager.tracks`.
    public mutating func tracks(_ new: [TrackDescription], discontinuity: Bool) throws(HLSError) {
        guard !hasEnded else { return }
        if state != .cold { try packager.tracks(new, discontinuity: discontinuity) }
        if state != .hot { try backlog.tracks(new, discontinuity: discontinuity) }
        tracks = new
        changes += 1
        if state != .hot { renewEstimate() }
        watch()
    }

    /// As `HLSPackager.frame`; `held` has the same bytes where `holdsFrames` says so.
    public mutating func frame(
        _ timing: FrameTiming, payload: UnsafeRawBufferPointer, wallClockMs: Int64, held: consuming HeldFrame?
    ) {
        guard !hasEnded else { return }
        if state != .hot, let held {
            estimate?.add(track: timing.track, bytes: payload.count)
            if let ticks = backlog.append(timing, wallClockMs: wallClockMs, held) {
                estimate?.endUnit(ticks: ticks)
                if state == .cold { changes += 1 }
            }
        }
        guard state != .cold else { return }
        packager.frame(timing, payload: payload, wallClockMs: wallClockMs)
        watch()
    }

    /// As `HLSPackager.flush`.
    public mutating func flush() {
        if state != .cold { packager.flush() }
        if state != .hot { backlog.flush() }
        watch()
    }

    /// As `HLSPackager.streamEnded`; what is held stays for who asks.
    public mutating func streamEnded() {
        hasEnded = true
        if state != .cold { packager.streamEnded() }
    }

    // MARK: Requests

    /// As `HLSPackager.request`; makes it hot.
    public mutating func request(
        _ name: String, query: [(String, String)] = [], childPrefix: String = "", nowMs: Int64
    ) -> HLSAnswer {
        warm()
        return packager.request(name, query: query, childPrefix: childPrefix, nowMs: nowMs)
    }

    /// As `HLSPackager.takeReleases`.
    public mutating func takeReleases() -> [HLSRelease] { packager.takeReleases() }

    /// As `HLSPackager.variant`; of a stream that is cold its bit rates are those of its frames.
    public func variant(uriPrefix: String = "") -> HLSVariant {
        guard state == .cold, let estimate else { return packager.variant(uriPrefix: uriPrefix) }
        return estimate.variant(uriPrefix: uriPrefix)
    }

    // MARK: Hot and cold

    private mutating func warm() {
        if state == .cold { replay() }
        if state == .cooling, !hasEnded { backlog.removeAll() }
        state = .hot
        estimate = nil
        (sequence, askedAt) = (packager.openSequence, packager.openSequence)
    }

    /// Packages what was held; each frame is let go as it is.
    private mutating func replay() {
        try? packager.tracks(backlog.base, discontinuity: false)
        packager.noteAsked()
        while let entry = backlog.next() {
            switch entry.event {
            case .tracks(let tracks, let discontinuity):
                try? packager.tracks(tracks, discontinuity: discontinuity)
                packager.noteAsked()
            case .frame(let timing, let wallClockMs):
                if let payload = entry.bytes { packager.frame(timing, payload: payload, wallClockMs: wallClockMs) }
            case .flush: packager.flush()
            }
            withExtendedLifetime(entry) {}
        }
        backlog.removeAll()
        if hasEnded { packager.streamEnded() }
    }

    /// With each new segment: whether anybody still asks.
    private mutating func watch() {
        guard state != .cold, packager.openSequence != sequence else { return }
        sequence = packager.openSequence
        let limit = Int64(packager.configuration.windowSegments + packager.configuration.keepSegments)
        let unasked = sequence - askedAt
        if state == .hot, unasked > max(1, limit - Int64(needed) - 2) {
            state = .cooling
            try? backlog.tracks(tracks, discontinuity: false)
            renewEstimate()
        }
        guard state == .cooling, unasked > limit else { return }
        // Neither waits for what never comes: a track without frames, frames that are too large.
        guard !packager.isAwaited && backlog.isFull || unasked > 3 * limit else { return }
        packager.forget()
        state = .cold
        changes += 1
    }

    private mutating func renewEstimate() {
        estimate = VariantEstimate(tracks, carried: backlog.carried, configuration: packager.configuration)
    }
}
