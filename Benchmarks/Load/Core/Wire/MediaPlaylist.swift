/// A media playlist (RFC 8216 §4.3.3, low-latency tags of draft-pantos-hls-rfc8216bis §4.4.4), as far as a viewer needs it.
public struct MediaPlaylist: Equatable, Sendable {
    /// A part of a segment.
    public struct Part: Equatable, Sendable {
        public var uri: String
        /// Seconds.
        public var duration: Double
        public var isIndependent: Bool
    }

    /// A segment; the last one may be unfinished and then has parts only.
    public struct Segment: Equatable, Sendable {
        /// Nil while the segment is unfinished.
        public var uri: String?
        /// Seconds.
        public var duration = 0.0
        public var parts: [Part] = []
        /// Its initialization segment.
        public var map: String?
        public var isDiscontinuous = false
    }

    public private(set) var targetDuration = 0.0
    /// Nil when it has no parts.
    public private(set) var partTarget: Double?
    public private(set) var canBlockReload = false
    private var partHoldBack: Double?
    private var segmentHoldBack: Double?
    /// The number of the first segment.
    public private(set) var first = 0
    public private(set) var segments: [Segment] = []
    public private(set) var isEnded = false

    /// Whether a viewer follows its parts.
    public var isLowLatency: Bool { partTarget != nil && canBlockReload }
    /// How far from the end to begin, in seconds (§4.4.3.8).
    public var holdBack: Double {
        if let partTarget, isLowLatency { return partHoldBack ?? 3 * partTarget }
        return segmentHoldBack ?? 3 * targetDuration
    }

    /// Reads a playlist.
    public init(parsing bytes: [UInt8]) throws(WireFault) {
        var open = Segment()
        var map: String?
        for line in try PlaylistLine.lines(bytes) {
            switch line {
            case .tag("EXT-X-MAP", let text):
                map = AttributeList(text)["URI"]
                open.map = map
            case .tag("EXTINF", let text): open.duration = Double(text.prefix { $0 != "," }) ?? 0
            case .tag("EXT-X-DISCONTINUITY", _): open.isDiscontinuous = true
            case .tag("EXT-X-BYTERANGE", _): throw .playlist("byte ranges are not supported")
            case .tag("EXT-X-PART", let text): open.parts.append(try Self.part(text))
            case .uri(let uri):
                open.uri = String(uri)
                segments.append(open)
                open = Segment(map: map)
            case .tag(let name, let text): head(name, text)
            }
        }
        if !open.parts.isEmpty { segments.append(open) }
        guard targetDuration > 0 else { throw .playlist("no target duration") }
    }

    private mutating func head(_ name: Substring, _ text: Substring) {
        switch name {
        case "EXT-X-TARGETDURATION": targetDuration = Double(text) ?? 0
        case "EXT-X-MEDIA-SEQUENCE": first = min(max(0, Int(text) ?? 0), 1 << 52)
        case "EXT-X-PART-INF": partTarget = AttributeList(text).number("PART-TARGET")
        case "EXT-X-ENDLIST": isEnded = true
        case "EXT-X-SERVER-CONTROL":
            let list = AttributeList(text)
            canBlockReload = list.flag("CAN-BLOCK-RELOAD")
            partHoldBack = list.number("PART-HOLD-BACK")
            segmentHoldBack = list.number("HOLD-BACK")
        default: break
        }
    }

    private static func part(_ text: Substring) throws(WireFault) -> Part {
        let list = AttributeList(text)
        guard let uri = list["URI"], let duration = list.number("DURATION") else {
            throw .playlist("a part lacks its URI or duration")
        }
        guard list["BYTERANGE"] == nil else { throw .playlist("byte ranges are not supported") }
        return Part(uri: uri, duration: duration, isIndependent: list.flag("INDEPENDENT"))
    }
}
