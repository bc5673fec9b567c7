/// Why nothing was measured.
enum MicroError: Error, CustomStringConvertible {
    case usage(String)
    case limits(String)
    /// The library of a plugin is not beside the executable, or is not what it should be.
    case plugin(String)
    case network(String)
    case setup(String)

    var description: String {
        switch self {
        case .usage(let text): "\(text)\n\(Options.usage)"
        case .limits(let text), .plugin(let text), .network(let text), .setup(let text): text
        }
    }
}
