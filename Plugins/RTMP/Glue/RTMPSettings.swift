import SluiceJSON
import SluiceKit

/// `[config]` of plugins.d/rtmp.toml.
struct RTMPSettings: Sendable {
    /// Who gets FourCC packets (HEVC, AV1, VP9, Opus …): `always` sends them to every player, since several that declare nothing decode
    /// them all the same; `declared` only to players that said so in connect, others get the tracks that legacy RTMP can express.
    enum FourCC: String { case always, declared }

    var fourCC = FourCC.always

    static let schema = """
        {"type": "object", "properties": {"fourcc": {"type": "string", "enum": ["always", "declared"], "default": "always", \
        "description": "who gets Enhanced RTMP packets: every player, or those that declare FourCC support"}}}
        """

    init() {}

    init(json: String) throws {
        let value = try JSONValue(parsing: json)
        guard let text = value["fourcc"]?.stringValue else { return }
        guard let known = FourCC(rawValue: text) else { throw PluginError("fourcc has to be always or declared") }
        fourCC = known
    }
}
