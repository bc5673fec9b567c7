import Formats

/// One stream as HLS for whoever asks, packaged while somebody does: what the host's sink talks to.
///
/// Begins *cold*: frames are only held (`FrameBacklog`), which costs next to nothing. The first request makes it *hot*: what is held
/// is packaged at once, as if it had been all along, and from then on each frame as it comes. When nobody has asked for anything for
/// `windowSegments + keepSegments` segments, and nobody waits, it grows cold again; the last of these segments are held as well as
/// packaged, so that whoever comes next waits for nothing either. Everything that playlists listed is forgotten then, numbers go on,
/// and the first segment packaged after it has an EXT-X-DISCONTINUITY: between it and what was packaged before media is missing or,
/// if somebody comes soon, packaged twice. A stream with a DVR window is hot from the beginning and stays so. As `HLSPackager` it has no clock, socket or thread.
public struct OnDemandPackager: ~Copyable {
    /// What a variant depends on; when it differs from before, so may `variant()`.
    public struct Edition: Equatable, Sendable {
        var isCold: Bool
        var changes: Int
        var sequence: Int64
        var isPublished: Bool
    }

    private enum State: UInt8 {
        case cold, hot, cooling

        init(from reader: inout BlobReader) throws(BlobError) {
            let at = reader.offset
            guard let state = State(rawValue: try reader.u8()) else { throw .value(field: "state", offset: at) }
            self = state
        }
    }

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

    /// An empty stream; its configuration is brought within bounds.
    public init(configuration: HLSConfiguration = HLSConfiguration()) {
        packager = HLSPackager(configuration: configuration)
        let bounded = packager.configuration
        backlog = FrameBacklog(limits: FrameBacklog.Limits(bounded), muxed: bounded.muxed)
        if bounded.isDVR { state = .hot }
    }

    /// Frames are held: `frame` wants `held`.
    public var holdsFrames: Bool { state != .hot && !hasEnded }

    /// Frames are held and not packaged.
    public var isCold: Bool { state == .cold }

    /// Bytes of media held, packaged or not.
    public var byteCount: Int { packager.byteCount + backlog.byteCount }

    /// Bytes of media that playlists list, are being written or are held.
    public var listedBytes: Int { packager.listedBytes + backlog.byteCount }

    /// See `Edition`.
    public var edition: Edition {
        let isCold = state == .cold
        return Edition(
            isCold: isCold, changes: changes, sequence: isCold ? 0 : packager.openSequence,
            isPublished: isCold ? false : packager.isPublished)
    }

    /// Frames that are not held any more, or never were packaged of those that are.
    var firstKept: Int { backlog.takenFrames }

    /// As `HLSPackager.grid`.
    public var grid: SegmentGrid? {
        get { packager.grid }
        set { packager.grid = newValue }
    }

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
        if state != .hot, let held, add(timing, wallClockMs: wallClockMs, held), state == .cold { changes += 1 }
        guard state != .cold else { return }
        packager.frame(timing, payload: payload, wallClockMs: wallClockMs)
        askedAt += packager.takeSkipped()
        watch()
    }

    /// Holds a frame; whether it ended a unit.
    @discardableResult
    private mutating func add(_ timing: FrameTiming, wallClockMs: Int64, _ frame: consuming HeldFrame) -> Bool {
        estimate?.add(track: timing.track, bytes: frame.bytes.count)
        guard let ticks = backlog.append(timing, wallClockMs: wallClockMs, frame) else { return false }
        estimate?.endUnit(ticks: ticks)
        return true
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
        _ = packager.takeSkipped()
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
        guard !packager.configuration.isDVR else { return }
        let limit = Int64(packager.configuration.listedSegments + packager.configuration.keepSegments)
        let unasked = sequence - askedAt
        if state == .hot, unasked > max(1, limit - Int64(backlog.limits.segments) - 2) {
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

/// Handover: a blob says all that the stream is, whoever reads it goes on as if nothing had been.
extension OnDemandPackager {
    static let magic = FourCC("HLSP")
    static let version: UInt16 = 3
    /// Version 2 knows no timed metadata.
    static let oldestVersion: UInt16 = 2
    /// Bytes; the interface's.
    public static let largestBlob = 64 << 20

    /// The blob: "HLSP", a version, the fields, all media included. It stays as it is.
    ///
    /// If it would be larger than `limit`, the oldest segments are left out that no playlist lists any more; throws `tooLarge` if that
    /// does not suffice.
    public func exported(limit: Int = largestBlob) throws(HLSError) -> [UInt8] {
        // What no blob leaves out; a DVR window is not even written, to be thrown away.
        let least = listedBytes
        guard least <= limit else { throw .tooLarge(bytes: least, limit: limit) }
        let whole = blob(from: 0)
        guard whole.count > limit else { return whole }
        guard let first = packager.leavingOut(bytes: whole.count - limit) else {
            throw .tooLarge(bytes: whole.count, limit: limit)
        }
        return blob(from: first)
    }

    /// The one that a blob describes, with the configuration that it had. Throws for what no exporter of a version from
    /// `oldestVersion` on wrote.
    public init(importing blob: UnsafeRawBufferPointer) throws(BlobError) {
        var reader = BlobReader(blob)
        let versions = OnDemandPackager.oldestVersion...OnDemandPackager.version
        let version = try reader.header(OnDemandPackager.magic, versions: versions)
        let packager = try HLSPackager(from: &reader, version: version)
        var backlog = FrameBacklog(
            limits: FrameBacklog.Limits(packager.configuration), muxed: packager.configuration.muxed)
        try backlog.resume(from: &reader)
        let state = try State(from: &reader)
        let tracks = try reader.tracks()
        let changes = try reader.int("changes", in: 0...HandoverBounds.number)
        let hasEnded = try reader.bool()
        let askedAt = try reader.number("sequence")
        let sequence = try reader.number("sequence")
        let carried = backlog.carried
        let estimate = try reader.optional("estimate") { reader throws(BlobError) in
            var estimate = VariantEstimate(tracks, carried: carried, configuration: packager.configuration)
            try estimate.resume(from: &reader)
            return estimate
        }
        try reader.end()
        self.packager = packager
        self.backlog = backlog
        (self.state, self.tracks, self.estimate) = (state, tracks, estimate)
        (self.changes, self.hasEnded, self.askedAt, self.sequence) = (changes, hasEnded, askedAt, sequence)
    }

    private func blob(from first: Int64) -> [UInt8] {
        var writer = BlobWriter(capacity: byteCount + byteCount / 64 + (256 << 10))
        writer.header(OnDemandPackager.magic, version: OnDemandPackager.version)
        packager.write(to: &writer, from: first)
        backlog.write(to: &writer)
        writer.u8(state.rawValue)
        writer.tracks(tracks)
        writer.int(changes)
        writer.bool(hasEnded)
        writer.i64(askedAt)
        writer.i64(sequence)
        writer.optional(estimate) { $1.write(to: &$0) }
        return writer.bytes
    }

    /// Other settings, for a stream that goes on.
    ///
    /// Windows, what is kept, bounds and `segmentMs` hold from the next segment on; segments stay within the target duration that
    /// playlists have told. `partMs` and `muxed`, which playlists and renditions are made of, hold at once while nothing was packaged yet,
    /// else for the streams that begin later. The tag stays.
    public mutating func configure(_ configuration: HLSConfiguration) {
        var next = configuration.bounded
        let before = packager.configuration
        next.tag = before.tag
        if !packager.renditions.isEmpty { (next.partMs, next.muxed) = (before.partMs, before.muxed) }
        guard next != before else { return }
        if packager.renditions.isEmpty {
            let grid = packager.grid
            packager = HLSPackager(configuration: next)
            packager.grid = grid
        } else {
            packager.configuration = next
        }
        hold(again: next)
        if next.isDVR, !hasEnded { warm() }
    }

    /// The most bytes of media that are kept from now on; brought within bounds. Takes effect with the next segment.
    public mutating func limit(bytes: Int) {
        guard bytes != packager.configuration.maximumBytes else { return }
        packager.configuration.maximumBytes = bytes
        packager.configuration = packager.configuration.bounded
    }

    /// What is held is counted anew, since segments may become longer or shorter.
    private mutating func hold(again configuration: HLSConfiguration) {
        var held = FrameBacklog(limits: FrameBacklog.Limits(configuration), muxed: configuration.muxed)
        swap(&held, &backlog)
        try? backlog.tracks(held.base, discontinuity: false)
        if state != .hot { renewEstimate() }
        while let entry = held.next() {
            let event = entry.event
            switch event {
            case .tracks(let tracks, let discontinuity): try? backlog.tracks(tracks, discontinuity: discontinuity)
            case .flush: backlog.flush()
            case .frame(let timing, let wallClockMs):
                guard let frame = entry.frame() else { continue }
                add(timing, wallClockMs: wallClockMs, frame)
            }
        }
        changes += 1
    }
}
