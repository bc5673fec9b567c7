/// Why an address or a name of a peer is not taken.
public enum RTMPNameFault: Error, Sendable, Equatable {
    case missing
    case notUTF8
    case controlCharacter
    case dotPart
    case severalParts
    case tooLong(limit: Int)
    case tooManyPairs(limit: Int)
}

extension RTMPNameFault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing: "the name is missing"
        case .notUTF8: "the name is not UTF-8"
        case .controlCharacter: "the name has a control character"
        case .dotPart: "the name is '.' or '..'"
        case .severalParts: "the name has more than one path part"
        case .tooLong(let limit): "the name is longer than \(limit) bytes"
        case .tooManyPairs(let limit): "the address has more than \(limit) parameters"
        }
    }
}
