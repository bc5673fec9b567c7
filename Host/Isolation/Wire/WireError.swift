/// Why bytes from the other process are not what they have to be.
enum WireError: Error, Equatable, CustomStringConvertible {
    /// A field does not fit into what is left.
    case truncated(offset: Int)
    /// A list says that it is longer than its bytes or its limit.
    case tooMany(count: UInt32, offset: Int)
    /// A message says that it is larger than any may be.
    case tooLarge(size: UInt32)
    case unknownKind(UInt16)
    /// Bytes behind the last field.
    case trailing(count: Int)

    var description: String {
        switch self {
        case .truncated(let offset): "a field at byte \(offset) is cut short"
        case .tooMany(let count, let offset): "a list of \(count) at byte \(offset) is too long"
        case .tooLarge(let size): "a message of \(size) bytes"
        case .unknownKind(let kind): "an unknown message \(kind)"
        case .trailing(let count): "\(count) bytes behind the message's end"
        }
    }
}
