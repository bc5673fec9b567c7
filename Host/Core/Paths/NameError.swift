/// Why a text is not a `Name`; the description is fit for one log line and holds nothing of the text itself.
public enum NameError: Error, Equatable, Sendable, CustomStringConvertible {
    case empty
    case tooLong(bytes: Int)
    case invalidUTF8
    case dotPart
    case leadingTilde
    case separator
    case controlCharacter(UInt32)

    public var description: String {
        switch self {
        case .empty: "name is empty"
        case .tooLong(let bytes): "name has \(bytes) bytes, at most \(Name.maximumLength) are allowed"
        case .invalidUTF8: "name is not valid UTF-8"
        case .dotPart: "name is '.' or '..'"
        case .leadingTilde: "name begins with '~', which marks a viewer token"
        case .separator: "name contains '/' or '\\'"
        case .controlCharacter(let scalar): "name contains the control character U+" + String(scalar, radix: 16, uppercase: true)
        }
    }
}
