import SluiceJSON

/// What of a plugin's manifest is judged: who it is, what it offers, what it is granted, how it is configured.
public struct Manifest: Sendable, Equatable {
    public var id: String
    public var version: String?
    public var interfaces: [String]
    /// Services granted on top of those that every plugin has.
    public var services: [String]
    /// `[config]` as written, without defaults.
    public var config: JSONObject

    /// Reads a manifest's text. Unknown keys are the server's to judge (`sluice check`).
    public init(parsing text: String, file: String) throws(ConformanceError) {
        let root = try ManifestText(text, file: file).root
        guard let id = root["id"]?.stringValue else {
            throw .manifest(file: file, line: 1, text: "it has no id")
        }
        self.id = id
        version = root["version"]?.stringValue
        interfaces = (root["interfaces"]?.arrayValue ?? []).compactMap(\.stringValue)
        services = (root["permissions"]?["services"]?.arrayValue ?? []).compactMap(\.stringValue)
        config = root["config"]?.objectValue ?? JSONObject()
    }
}
