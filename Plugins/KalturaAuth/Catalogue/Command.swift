/// One command of the plugin's command line, as data: its words, its options, its help.
struct Command: Sendable {
    /// What an option does with the request.
    enum Target: Sendable {
        /// A member of the body.
        case member(Field)
        /// A text member of the body.
        case text(String)
        /// A true member of the body; takes no value.
        case flag(String)
        /// The partner's number in the body.
        case partner
        /// A pair of the query.
        case query(String)
        /// `true` in the query; takes no value.
        case queryFlag(String)
    }

    struct Option: Sendable {
        var name: String
        var placeholder: String
        var help: String
        var target: Target
        var required = false

        var takesValue: Bool {
            switch target {
            case .flag, .queryFlag: false
            default: true
            }
        }
    }

    /// What the one argument is; nil: there is none.
    enum Argument: Sendable {
        /// `what`: an entry, a stream or a connection's id.
        case partner, entry, file, what

        var placeholder: String {
            switch self {
            case .partner, .entry: "ID"
            case .file: "FILE"
            case .what: "ENTRY|STREAM|ID"
            }
        }
    }

    /// `["entry", "add"]`.
    var words: [String]
    var argument: Argument?
    var summary: String
    var options: [Option] = []
    var method: String
    var collection: String
    /// Whether the argument goes into the body as `id` (add) instead of into the path.
    var argumentInBody = false
    /// Members that the command itself sets.
    var fixed: [(String, Bool)] = []
}
