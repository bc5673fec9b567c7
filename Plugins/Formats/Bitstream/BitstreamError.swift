/// Why a codec bitstream or configuration record was refused.
///
/// `field` is the name that the field has in its specification; `offset` is in bits from the start of the structure.
public enum BitstreamError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The bytes end before the field does.
    case truncated(field: String, bitOffset: Int)
    /// The field holds a value that its specification forbids.
    case invalid(field: String, value: UInt64)
    /// The field is legal but above a bound of ours.
    case overLimit(field: String, value: UInt64, limit: UInt64)
    /// Legal, but nothing here reads it.
    case unsupported(String)

    /// Text fit for one log line; never contains media or credentials.
    public var description: String {
        switch self {
        case .truncated(let field, let bitOffset): "truncated at \(field) (bit \(bitOffset))"
        case .invalid(let field, let value): "invalid \(field): \(value)"
        case .overLimit(let field, let value, let limit): "\(field) \(value) is over the limit of \(limit)"
        case .unsupported(let what): "unsupported: \(what)"
        }
    }
}
