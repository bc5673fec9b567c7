import SluiceJSON

/// `slate` of an `[[app.NAME.step]]` that uses the plugin: pictures for streams that have none.
public struct SlateSettings: Sendable, Equatable {
    public var width: Int32
    public var height: Int32
    /// Pictures a second.
    public var rate: Int32
    /// A PNG in the plugin's data folder; empty: black.
    public var png: String

    /// JSON schema of the key's value.
    public static let schema = """
        {"type":"object","description":"pictures for streams that have sound only: the rendition STREAM_slate","properties":{
        "width":{"type":"integer","minimum":16,"maximum":1920,"description":"default: 1280"},
        "height":{"type":"integer","minimum":16,"maximum":1080,"description":"default: 720"},
        "fps":{"type":"integer","minimum":1,"maximum":25,"description":"default: 5"},
        "png":{"type":"string","maxLength":128,"description":"a file in the plugin's data folder; default: black"}}}
        """

    /// Reads the key's value, checked against `schema`; `nil`: there is none.
    public init?(_ value: JSONValue?) throws(LadderSettings.Refusal) {
        guard let value else { return nil }
        width = Int32(clamping: value["width"]?.intValue ?? 1280) & ~1
        height = Int32(clamping: value["height"]?.intValue ?? 720) & ~1
        rate = Int32(clamping: value["fps"]?.intValue ?? 5)
        png = value["png"]?.stringValue ?? ""
        guard png.isEmpty || Overlay.isFileName(png) else {
            throw LadderSettings.Refusal(description: "slate.png: \"\(png)\" is not the name of a file in the plugin's folder")
        }
    }
}
