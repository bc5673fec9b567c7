import SluiceJSON
import SluiceKit

/// `[config]` of plugins.d/rtmp.toml.
struct RTMPSettings: Sendable {
    /// Who gets FourCC packets (HEVC, AV1, VP9, Opus …): `always` sends them to every player, since several that declare nothing decode
    /// them all the same; `declared` only to players that said so in connect, others get the tracks that legacy RTMP can express.
    enum FourCC: String { case always, declared }

    var fourCC = FourCC.always
    var amfDepth = 32
    var amfValues = 4096

    static let schema = """
        {"type": "object", "properties": {"fourcc": {"type": "string", "enum": ["always", "declared"], "default": "always", \
        "description": "who gets Enhanced RTMP packets: every player, or those that declare FourCC support"}, \
        "amf_depth": {"type": "integer", "minimum": 4, "maximum": 64, "default": 32, "description": "nesting of a command's values"}, \
        "amf_values": {"type": "integer", "minimum": 64, "maximum": 65536, "default": 4096, \
        "description": "values of one command in all"}}}
        """

    init() {}

    init(json: String) throws {
        let value = try JSONValue(parsing: json)
        if let depth = value["amf_depth"]?.intValue { amfDepth = depth }
        if let values = value["amf_values"]?.intValue { amfValues = values }
        guard let text = value["fourcc"]?.stringValue else { return }
        guard let known = FourCC(rawValue: text) else { throw PluginError("fourcc has to be always or declared") }
        fourCC = known
    }
}
