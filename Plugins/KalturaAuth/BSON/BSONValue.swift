/// A value of a BSON document (bsonspec.org, version 1.1); of the types that nobody asks us for only the kind is kept.
public enum BSONValue: Hashable, Sendable {
    case double(Double)
    case string(String)
    case document(BSONDocument)
    case array([BSONValue])
    case binary([UInt8])
    case bool(Bool)
    /// Milliseconds since 1970.
    case date(Int64)
    case null
    case int32(Int32)
    case int64(Int64)
    /// A value of a type not listed here, by its number: an object id, a regular expression, a decimal …; it cannot be written.
    case other(UInt8)

    /// A whole number of any of the number types.
    public var integer: Int64? {
        switch self {
        case .int32(let value): Int64(value)
        case .int64(let value): value
        case .double(let value): Int64(exactly: value)
        default: nil
        }
    }

    public var text: String? { if case .string(let text) = self { text } else { nil } }
    public var array: [BSONValue]? { if case .array(let items) = self { items } else { nil } }
    public var document: BSONDocument? { if case .document(let document) = self { document } else { nil } }

    /// As commands answer `ok` and `n`: a number of any type, or a truth value, that is not 0.
    public var isTrue: Bool {
        switch self {
        case .bool(let value): value
        case .double(let value): value != 0
        default: (integer ?? 0) != 0
        }
    }
}

extension BSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .int64(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: BSONValue...) { self = .array(elements) }
    public init(dictionaryLiteral elements: (String, BSONValue)...) { self = .document(BSONDocument(elements)) }
    public init(nilLiteral: ()) { self = .null }
}
