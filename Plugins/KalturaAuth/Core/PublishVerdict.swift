/// What the host is told about an admitted stream: its name and neutral attributes (DESIGN §4).
public struct PublishVerdict: Hashable, Sendable {
    public let key: StreamKey
    public let entry: LiveEntry
    /// Sorted by key.
    public private(set) var attributes: [Attribute]
    /// What an operator should hear about the entry's settings; usually empty.
    public let warnings: [String]

    public struct Attribute: Hashable, Sendable {
        public var key: String
        public var value: String
    }

    /// `102/0_ab12cd34`.
    public var principal: String { "\(entry.partner)/\(entry.id)" }

    /// The value of an attribute; nil when it is not set.
    public subscript(_ key: String) -> String? { attributes.first { $0.key == key }?.value }

    /// Adds the ladder that a transcoder makes of the stream, as `Ladder.text` (§8).
    public mutating func set(ladder text: String) {
        attributes.append(Attribute(key: "ladder.profile", value: text))
        attributes.sort { $0.key < $1.key }
    }

    public init(key: StreamKey, entry: LiveEntry, configuration: Configuration) {
        var warnings: [String] = []
        var values = [
            "duplicate": configuration.duplicatePolicy.rawValue,
            "dvr.window_s": String(Self.window(entry, configuration)),
            "group": key.group,
            "linger_s": String(configuration.reconnectTimeout),
            "record.mode": Self.recording(entry, configuration),
            "stall_s": String(configuration.stallSeconds),
        ]
        values["clock.max_drift_ms"] = String(configuration.maxPTSDrift)
        if configuration.syncPoints {
            values["hls.segment_id3"] = Self.syncPoint(key)
            values["sync_points.every_ms"] = entry.recordStatus == 0 ? "0" : String(configuration.syncPointInterval)
            values["sync_points.handler"] = configuration.syncPointHandler
            values["sync_points.id"] = "\(key.entry)_\(key.index)"
            values["sync_points.type"] = "KalturaSyncPoint"
        }
        if entry.explicitLive { values["view.mode"] = entry.viewMode == 0 ? "preview" : "everyone" }
        if let asked = entry.segmentDuration {
            let valid = Self.segmentRange.contains(asked)
            values["hls.segment_ms"] = String(valid ? asked : Self.fallbackSegment)
            if !valid { warnings.append("segment duration \(asked) ms is outside 1000…20000, 6000 is used") }
        }
        self.key = key
        self.entry = entry
        self.warnings = warnings
        attributes = values.sorted { $0.key < $1.key }.map { Attribute(key: $0.key, value: $0.value) }
    }

    /// The sync point at the start of each segment (§11.3): what the host's outputs write for `{time_ms}` and `{segment}` is theirs.
    private static func syncPoint(_ key: StreamKey) -> String {
        "{\"objectType\":\"KalturaSyncPoint\",\"timestamp\":{time_ms},\"id\":\"\(key.entry)_\(key.index)_{segment}\"}"
    }

    /// Milliseconds that a segment may be long (§10.2).
    static let segmentRange: ClosedRange<Int64> = 1000...20_000
    static let fallbackSegment: Int64 = 6000

    /// Seconds that viewers may go back (§10.1).
    private static func window(_ entry: LiveEntry, _ configuration: Configuration) -> Int64 {
        guard entry.dvrStatus == 1 else { return configuration.liveWindow }
        guard let minutes = entry.dvrWindow, minutes > 0 else { return configuration.defaultDVRWindow }
        let (seconds, overflow) = minutes.multipliedReportingOverflow(by: 60)
        return overflow ? configuration.maxDVRWindow : min(max(seconds, configuration.minDVRWindow), configuration.maxDVRWindow)
    }

    /// `off`, `append` (one recording over broadcasts) or `session` (§10.3).
    private static func recording(_ entry: LiveEntry, _ configuration: Configuration) -> String {
        guard configuration.recording, entry.recordingStatus == 2 else { return "off" }
        return switch entry.recordStatus {
        case 1: "append"
        case 2: "session"
        default: "off"
        }
    }
}
