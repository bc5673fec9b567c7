/// What an operator may set for one stream's packaging; every value is bounded when the packager is made.
public struct HLSConfiguration: Sendable, Equatable {
    /// Segments end at the first key frame at or after this length. 1 000 … 20 000 ms, default 2 000.
    ///
    /// The target duration is this, rounded up to seconds, or the first segment's length if that is longer (a GOP longer than
    /// this), and is fixed from then on.
    public var segmentMs: Int = 2_000
    /// The part target duration. 200 … 1 000 ms, default 500.
    public var partMs: Int = 500
    /// Complete segments listed, if together they are at least 3 target durations long, else more. 6 … 900, default 10.
    public var windowSegments: Int = 10
    /// How much is listed by time instead of by number: a segment leaves the playlist when the rest is at least this long. 0: by
    /// `windowSegments`. 1 000 … 604 800 000 ms (a week), default 0.
    ///
    /// More than `longestLiveWindowMs` is a DVR window: the stream is packaged from its first frame on, watched or not, since who comes
    /// late may go back. Whatever the window, `maximumBytes` and `mostListed` bound it.
    public var windowMs: Int = 0
    /// Segments that stay downloadable after they have left the window. 1 … 900, default 20.
    public var keepSegments: Int = 20
    /// Complete segments listed while nobody has asked for anything since `windowSegments + keepSegments` segments; none is kept
    /// beyond them. 3 … 900, default 3.
    public var idleSegments: Int = 3
    /// Most bytes of media kept for the stream; older segments go before their time when it is exceeded. 4 MiB … 4 GiB, default
    /// 64 MiB.
    public var maximumBytes: Int = 64 << 20
    /// A segment longer than this is cut without a key frame, and so is the first. 2 000 … 30 000 ms, default 10 000.
    public var maximumSegmentMs: Int = 10_000
    /// How far one track may lag behind another before it is filled with silence (or nothing). 500 … 10 000 ms, default 2 000.
    public var maximumSkewMs: Int = 2_000
    /// One rendition that carries video and audio instead of one rendition each. Default false.
    public var muxed: Bool = false
    /// Put into every resource's name so that names stay unique over restarts ("k3x9"); letters, digits and `-`, at most 32.
    /// Default "".
    public var tag: String = ""

    /// Text of an ID3 tag at the start of each segment of the leading rendition, in an `emsg` box; `{time_ms}` stands for the segment's
    /// wall clock in milliseconds, `{segment}` for its number. "" (the default): none. At most `longestID3` bytes, longer ones are none.
    public var segmentID3: String = ""

    /// Bytes of `segmentID3`.
    public static let longestID3 = 1_024
    /// A longer window is one that viewers go back in; up to it, it is kept only while somebody watches. Milliseconds.
    public static let longestLiveWindowMs = 120_000
    /// Most segments in a playlist, whatever the window.
    public static let mostListed = 16_000

    /// Whether viewers may go back further than a live player does.
    public var isDVR: Bool { windowMs > HLSConfiguration.longestLiveWindowMs }

    /// Complete segments that a full window lists, about.
    var listedSegments: Int {
        windowMs > 0 ? min(windowMs / max(1, segmentMs) + 1, HLSConfiguration.mostListed) : windowSegments
    }

    /// The defaults.
    public init() {}

    /// The same, each value brought within its bounds.
    public var bounded: HLSConfiguration {
        var result = self
        result.segmentMs = min(max(segmentMs, 1_000), 20_000)
        result.partMs = min(max(partMs, 200), 1_000)
        result.windowSegments = min(max(windowSegments, 6), 900)
        result.windowMs = windowMs <= 0 ? 0 : min(max(windowMs, 1_000), 604_800_000)
        result.keepSegments = min(max(keepSegments, 1), 900)
        result.idleSegments = min(max(idleSegments, 3), 900)
        result.maximumBytes = min(max(maximumBytes, 4 << 20), 4 << 30)
        result.maximumSegmentMs = min(max(maximumSegmentMs, 2_000, result.segmentMs), 30_000)
        result.maximumSkewMs = min(max(maximumSkewMs, 500), 10_000)
        if segmentID3.utf8.count > HLSConfiguration.longestID3 { result.segmentID3 = "" }
        result.tag = String(tag.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }.prefix(32))
        return result
    }
}
