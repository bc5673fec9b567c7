/// Why a request target is refused; each maps to one 4xx status, and the text never repeats what the peer sent.
public enum PathError: Error, Equatable, Sendable, CustomStringConvertible {
    case tooLong(bytes: Int)
    case notAbsolute
    case forbiddenByte(offset: Int)
    case badPercent(offset: Int)
    case invalidUTF8
    case controlCharacter
    case separator
    case dotPart
    case emptyPart
    case tooManyParts
    case tooManyPairs
    case badViewerToken

    /// The status to answer with: 414 for a long target, 400 for all else.
    public var status: Int {
        if case .tooLong = self { return 414 }
        return 400
    }

    public var description: String {
        switch self {
        case .tooLong(let bytes): "request target has \(bytes) bytes, at most \(RequestPath.maximumLength) are allowed"
        case .notAbsolute: "request target does not begin with '/'"
        case .forbiddenByte(let offset): "request target has a byte at \(offset) that must be percent-encoded"
        case .badPercent(let offset): "request target has an incomplete percent form at \(offset)"
        case .invalidUTF8: "request target is not UTF-8 after percent-decoding"
        case .controlCharacter: "request target contains a control character"
        case .separator: "a path part contains an encoded '/' or a '\\'"
        case .dotPart: "path contains a '.' or '..' part"
        case .emptyPart: "path contains an empty part"
        case .tooManyParts: "path has more than \(RequestPath.maximumParts) parts"
        case .tooManyPairs: "query has more than \(RequestPath.maximumPairs) pairs"
        case .badViewerToken: "viewer token is empty, too long or has a character outside base64url"
        }
    }
}
