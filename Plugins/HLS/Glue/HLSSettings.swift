import HLSCore
import SluiceJSON
import SluiceKit

/// `[config]` of plugins.d/hls.toml, `[app.NAME.hls]`, and the stream's attributes, in rising order of precedence.
struct HLSSettings: Sendable {
    var configuration = HLSConfiguration()

    /// Bytes that all streams with a DVR window share; each has at least what one without has.
    var sharedBytes = 2048 << 20

    private static let properties = """
        {"segment_ms": {"type": "integer", "minimum": 1000, "maximum": 20000, \
        "description": "segments end at the first key frame at or after this length; 2000"}, \
        "part_ms": {"type": "integer", "minimum": 200, "maximum": 1000, "description": "length of a part; 500"}, \
        "window_segments": {"type": "integer", "minimum": 6, "maximum": 900, "description": "segments in a playlist; 10"}, \
        "keep_segments": {"type": "integer", "minimum": 1, "maximum": 900, "description": "segments kept beyond the playlist; 20"}, \
        "idle_segments": {"type": "integer", "minimum": 3, "maximum": 900, \
        "description": "segments held while nobody watches; 3, or window_segments where that is set"}, \
        "window_s": {"type": "integer", "minimum": 1, "maximum": 604800, \
        "description": "seconds in a playlist, instead of window_segments; more than 120 is kept while nobody watches too (DVR)"}, \
        "dvr_memory_mb": {"type": "integer", "minimum": 64, "maximum": 1048576, \
        "description": "MiB that all streams with DVR share, at least 64 and at most 4096 each; a window ends where it is used up; 2048"}, \
        "muxed": {"type": "boolean", "description": "one rendition with video and audio instead of one each; false"}}
        """
    static let schema = #"{"type": "object", "properties": \#(properties)}"#
    static let appSchema = schema

    init() {}

    init(json: String) throws { try apply(json: json) }

    mutating func apply(json: String) throws {
        let value = try JSONValue(parsing: json)
        if let number = value["segment_ms"]?.intValue { configuration.segmentMs = number }
        if let number = value["part_ms"]?.intValue { configuration.partMs = number }
        if let number = value["window_segments"]?.intValue {
            configuration.windowSegments = number
            configuration.idleSegments = number  // who wants a window wants it for the first viewer too
        }
        if let number = value["idle_segments"]?.intValue { configuration.idleSegments = number }
        if let number = value["keep_segments"]?.intValue { configuration.keepSegments = number }
        if let seconds = value["window_s"]?.intValue { configuration.windowMs = HLSSettings.milliseconds(seconds) }
        if let number = value["dvr_memory_mb"]?.intValue { sharedBytes = min(max(number, 64), 1 << 20) << 20 }
        if let muxed = value["muxed"]?.boolValue { configuration.muxed = muxed }
    }

    mutating func apply(attributes: [(key: String, value: String)]) {
        for (key, value) in attributes {
            switch key {
            case "hls.segment_ms": if let number = Int(value) { configuration.segmentMs = number }
            case "dvr.window_s": if let seconds = Int(value) { configuration.windowMs = HLSSettings.milliseconds(seconds) }
            case "hls.segment_id3": configuration.segmentID3 = value
            default: break
            }
        }
    }

    /// At most a week: the product never overflows.
    private static func milliseconds(_ seconds: Int) -> Int { min(max(seconds, 0), 604_800) * 1000 }
}
