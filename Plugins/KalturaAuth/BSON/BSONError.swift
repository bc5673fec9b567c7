/// Why bytes are no document, with the place.
public enum BSONError: Error, Hashable, Sendable, CustomStringConvertible {
    case truncated(offset: Int)
    /// A length that does not fit what is there.
    case length(offset: Int)
    /// A name or text without its end, or no UTF-8.
    case text(offset: Int)
    case unknownType(UInt8, offset: Int)
    /// Deeper than `BSONDocument.maximumDepth`.
    case depth(offset: Int)

    public var description: String {
        switch self {
        case .truncated(let offset): "BSON ends too early at byte \(offset)"
        case .length(let offset): "BSON has a wrong length at byte \(offset)"
        case .text(let offset): "BSON has a wrong text at byte \(offset)"
        case .unknownType(let type, let offset): "BSON has an unknown type \(type) at byte \(offset)"
        case .depth(let offset): "BSON is too deep at byte \(offset)"
        }
    }
}
