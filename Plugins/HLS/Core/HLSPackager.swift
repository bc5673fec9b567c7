import Formats

/// One stream as low-latency HLS: frames in, playlists and CMAF files out.
///
/// Owns the stream's renditions (video and audio apart, or one for both), their playlists and bytes, and knows which held
/// requests can be answered. It has no clock (times come with frames and requests), no socket and no thread; its owner calls it
/// from one place at a time: `tracks`, then `frame` for each frame, `request` for each request, and `takeReleases` after
/// whatever may have changed something.
///
/// The leading track (video, else audio) decides where segments end; every rendition ends its segment there, so that sequence
/// numbers, discontinuities and dates agree.
public struct HLSPackager: Sendable {
    /// What it was made with, or configured to since, within bounds.
    public internal(set) var configuration: HLSConfiguration
    /// EXT-X-TARGETDURATION in seconds; nil until the first segment is complete, constant from then on.
    public internal(set) var targetDuration: Int?
    /// ENDLIST was written.
    public internal(set) var hasEnded = false
    /// Frames that were not used: unknown track, unknown or running-back times, before the first key frame, too late.
    public internal(set) var droppedFrames: UInt64 = 0

    /// Where streams on the same line of time begin their segments; nil: nobody else is on it.
    public var grid: SegmentGrid? {
        didSet { seedGrid() }
    }

    let names: ResourceNames
    var descriptions: [TrackDescription] = []
    /// The leading track first.
    var inputs: [TrackInput] = []
    var renditions: [Rendition] = []
    /// Index of the rendition that the leading track is in.
    var leading = 0
    /// Between the first key frame and the end of a continuous run of media.
    var isRunning = false
    /// Source time of the origin of all clocks, microseconds.
    var origin: Int64?
    /// Time of the run's first frame on the common line, microseconds.
    var runStart: Int64 = 0
    /// Wall clock minus media time, milliseconds; constant in a run.
    var wallOffset: Int64 = 0
    /// Time of the leading track's latest frame: what lies before it can be put into parts.
    var passed: Int64 = 0
    /// Where the leading track's presentation ended at the latest, microseconds of its file's time. A source that was cut between
    /// a frame and those shown before it ends its presentation later than its decoding.
    var presented: Int64 = 0
    /// Where the leading rendition ended segments that the others did not end yet, by rendition.
    var boundaries: [[Int64]] = []
    var keyFrames = KeyFrameHistory()
    var waits: [String: HeldRequest] = [:]
    /// The first segment that was not forgotten.
    var firstShown: Int64 = 0
    /// Numbers that were left out since somebody asked (`takeSkipped`).
    var skipped: Int64 = 0

    /// An empty stream; its configuration is brought within bounds.
    public init(configuration: HLSConfiguration = HLSConfiguration()) {
        self.configuration = configuration.bounded
        names = ResourceNames(tag: self.configuration.tag)
    }

    /// Bytes of media held.
    public var byteCount: Int {
        renditions.reduce(0) { $0 + $1.byteCount } + inputs.reduce(0) { $0 + $1.queuedBytes }
    }

    /// Bytes of media that playlists list or that are being written.
    public var listedBytes: Int {
        renditions.reduce(0) { sum, rendition in
            rendition.listed.reduce(sum + rendition.openPartBytes + (rendition.open?.byteCount ?? 0)) { $0 + $1.byteCount }
        } + inputs.reduce(0) { $0 + $1.queuedBytes }
    }

    /// Whether every rendition that has media has a complete segment: playlists are answered at once from then on.
    public var isPublished: Bool {
        targetDuration != nil && renditions.contains { $0.hasStarted }
            && renditions.allSatisfy { !$0.hasStarted || !$0.segments.isEmpty }
    }

    /// The media sequence number of the leading rendition's segment that is being written.
    public var openSequence: Int64 { renditions.indices.contains(leading) ? renditions[leading].openSequence : 0 }

    /// All tracks: before the first frame, and whenever they change. With `discontinuity` the publisher came back.
    ///
    /// What was delivered ends there; what follows starts with EXT-X-DISCONTINUITY in every rendition, and with a new
    /// initialization segment where a decoder needs one. Without `discontinuity`, tracks that are written the same (other bit
    /// rates, say) and tracks that are merely added interrupt nothing. Of several video tracks the first is taken. Throws when
    /// nothing usable is there; the tracks before stay then.
    public mutating func tracks(_ new: [TrackDescription], discontinuity: Bool) throws(HLSError) {
        guard !hasEnded else { return }
        if new == descriptions, !inputs.isEmpty {
            if discontinuity { endRun() }
            return
        }
        let groups = try HLSPackager.group(new, muxed: configuration.muxed)
        if !discontinuity, continues(with: groups) {
            descriptions = new
            for group in groups.dropFirst(renditions.count) { apply(group) }
            boundaries += Array(repeating: [], count: renditions.count - boundaries.count)
            settleClocks()
            return
        }
        endRun()
        descriptions = new
        inputs = []
        for group in groups { apply(group) }
        let live = Set(groups.map(\.name))
        for index in renditions.indices where !live.contains(renditions[index].name) && !renditions[index].hasEnded {
            renditions[index].end()
        }
        leading = inputs.first?.rendition ?? 0
        boundaries = Array(repeating: [], count: renditions.count)
        settleClocks()
    }

    /// What follows does not continue what was delivered. Calling it again before the next frame changes nothing.
    public mutating func discontinuity() { endRun() }

    /// Makes everything that was delivered available, for example when the publisher is lost. What follows starts with a
    /// discontinuity.
    public mutating func flush() { endRun() }

    /// The stream is over: ENDLIST in all playlists; held requests are answered by the next `takeReleases`.
    public mutating func streamEnded() {
        guard !hasEnded else { return }
        endRun()
        hasEnded = true
        for index in renditions.indices { renditions[index].end() }
    }
}
