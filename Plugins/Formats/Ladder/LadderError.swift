import SluiceJSON

/// Why a text is no ladder.
public enum LadderError: Error, Equatable, CustomStringConvertible {
    case json(JSONError)
    /// A member that is missing or that cannot be what it is.
    case value(String)

    public var description: String {
        switch self {
        case .json(let error): "ladder: \(error)"
        case .value(let member): "ladder: \(member) cannot be used"
        }
    }
}
