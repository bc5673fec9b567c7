/// A JSON value (RFC 8259), small and bounded: for configuration, the import, admin requests and every `--json` answer.
///
/// Members keep their order. A repeated member: the last wins.
public enum JSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSON])
    case members([Member])

    public struct Member: Hashable, Sendable {
        public var key: String
        public var value: JSON

        public init(key: String, value: JSON) {
            self.key = key
            self.value = value
        }
    }

    /// An object of the given members, in this order.
    public static func object(_ members: [(String, JSON)]) -> JSON {
        .members(members.map { Member(key: $0.0, value: $0.1) })
    }

    /// The member of that name, when this is an object that has one.
    public subscript(_ key: String) -> JSON? {
        guard case .members(let members) = self else { return nil }
        return members.last { $0.key == key }?.value
    }

    /// The names of an object's members; empty for anything else.
    public var keys: [String] {
        guard case .members(let members) = self else { return [] }
        return members.map(\.key)
    }

    public var string: String? { if case .string(let text) = self { text } else { nil } }
    public var array: [JSON]? { if case .array(let items) = self { items } else { nil } }
    public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// A number without fraction that fits 64 bits.
    public var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    public var number: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// Read leniently, as back ends write (SPEC §4): a number, its text, or a truth value as 1 and 0.
    public var lenientInteger: Int64? {
        switch self {
        case .string(let text): Int64(text)
        case .bool(let value): value ? 1 : 0
        default: integer
        }
    }

    /// Read leniently: a truth value, 1 or 0, or the text of either.
    public var lenientBool: Bool? {
        switch self {
        case .bool(let value): value
        case .string("true"): true
        case .string("false"): false
        default: lenientInteger.map { $0 != 0 }
        }
    }
}
