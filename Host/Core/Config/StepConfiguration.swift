import SluiceJSON

/// One processing step of an app: `[[app.NAME.step]]`. A plugin with `sluice.transform` takes streams and makes others of them.
public struct StepConfiguration: Sendable, Equatable {
    /// Which streams of the app a step takes.
    public enum Input: Sendable, Equatable, CustomStringConvertible {
        /// What publishers and sources bring.
        case source
        /// What another step makes: all of it, or the output of that label.
        case step(String, label: String?)

        public var description: String {
            switch self {
            case .source: "source"
            case .step(let name, let label): label.map { "\(name)/\($0)" } ?? name
            }
        }
    }

    /// The plugin's id.
    public var use: String
    /// What the graph knows it by, unique in the app (`as`); by default the plugin's id.
    public var name: String
    /// Default `source`.
    public var from: Input
    /// The further keys as written; see `ServerConfiguration.settings(app:step:schema:)`.
    public var settings: JSONObject
    /// Its position among the app's steps.
    public var index: Int

    /// Equal but for the place in the file.
    public func isSame(as other: StepConfiguration) -> Bool {
        use == other.use && name == other.name && from == other.from && settings == other.settings
    }
}

/// A stream that the server brings on air itself: `[[app.NAME.source]]`, a plugin with `sluice.source`.
public struct SourceConfiguration: Sendable, Equatable {
    /// The plugin's id.
    public var use: String
    /// The stream's name; unique among the app's sources.
    public var stream: String
    /// `settings` as written.
    public var settings: JSONObject
    /// Its position among the app's sources.
    public var index: Int

    /// Equal but for the place in the file.
    public func isSame(as other: SourceConfiguration) -> Bool {
        use == other.use && stream == other.stream && settings == other.settings
    }
}
