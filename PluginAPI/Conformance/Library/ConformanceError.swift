/// Why nothing could be judged. The text is for who called.
public enum ConformanceError: Error, Equatable, CustomStringConvertible {
    case unreadable(String)
    /// A manifest: line and what is wrong.
    case manifest(file: String, line: Int, text: String)
    case cannotStart(String)
    case noCase(String)

    public var description: String {
        switch self {
        case .unreadable(let path): "\(path) cannot be read"
        case .manifest(let file, let line, let text): "\(file):\(line): \(text)"
        case .cannotStart(let text): "a case cannot be started: \(text)"
        case .noCase(let text): "no case's name contains '\(text)'"
        }
    }
}
