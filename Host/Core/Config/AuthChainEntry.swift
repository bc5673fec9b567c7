/// One plugin in an app's authentication chain.
public struct AuthChainEntry: Sendable, Equatable {
    /// What holds when the plugin cannot answer in time.
    public enum FailurePolicy: Sendable, Equatable, CustomStringConvertible {
        /// Denied; the default.
        case closed
        /// Allowed.
        case open
        /// As the last verdict on the same question, when that is no older than this; else denied.
        case stale(seconds: Int)

        /// Reads `closed`, `open` or `stale:30s` (1 s to a day).
        public init?(_ text: String) {
            switch text {
            case "closed": self = .closed
            case "open": self = .open
            default:
                guard text.hasPrefix("stale:"), text.hasSuffix("s"), let seconds = Int(text.dropFirst(6).dropLast()),
                    (1...86_400).contains(seconds)
                else { return nil }
                self = .stale(seconds: seconds)
            }
        }

        public var description: String {
            switch self {
            case .closed: "closed"
            case .open: "open"
            case .stale(let seconds): "stale:\(seconds)s"
            }
        }
    }

    /// The plugin's id.
    public var plugin: String
    /// Default `closed`.
    public var onFailure: FailurePolicy
    /// How long the plugin may take; default `[auth] deadline_ms`.
    public var deadlineMilliseconds: Int

    public init(plugin: String, onFailure: FailurePolicy = .closed, deadlineMilliseconds: Int) {
        self.plugin = plugin
        self.onFailure = onFailure
        self.deadlineMilliseconds = deadlineMilliseconds
    }
}
