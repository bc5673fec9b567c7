/// Why a text is not a path pattern.
public enum PatternError: Error, Equatable, Sendable, CustomStringConvertible {
    case notAbsolute
    case emptyPart
    case tooManyParts
    case badBraces(part: Int)
    case badParameterName(part: Int)
    case repeatedParameter(String)
    case forbiddenLiteral(part: Int)

    public var description: String {
        switch self {
        case .notAbsolute: "pattern does not begin with '/'"
        case .emptyPart: "pattern contains an empty part"
        case .tooManyParts: "pattern has more than \(RequestPath.maximumParts) parts"
        case .badBraces(let part): "part \(part) of the pattern must hold at most one {name}"
        case .badParameterName(let part): "parameter in part \(part) of the pattern must be letters, digits and '_'"
        case .repeatedParameter(let name): "parameter {\(name)} appears twice in the pattern"
        case .forbiddenLiteral(let part): "part \(part) of the pattern has a literal that no request can match"
        }
    }
}
