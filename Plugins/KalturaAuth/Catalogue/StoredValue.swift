/// A value as a store keeps it. Any type may stand in any column or field, so reading never assumes one.
public enum StoredValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)

    init(_ value: Int64?) { self = value.map(StoredValue.integer) ?? .null }
    init(_ value: String?) { self = value.map(StoredValue.text) ?? .null }
    init(_ value: Bool) { self = .integer(value ? 1 : 0) }

    var integer: Int64? {
        switch self {
        case .integer(let value): value
        case .real(let value): Int64(exactly: value)
        case .text(let text): Int64(text)
        case .null: nil
        }
    }

    var text: String? {
        switch self {
        case .text(let text): text
        case .integer(let value): String(value)
        case .real(let value): String(value)
        case .null: nil
        }
    }

    var isTrue: Bool { (integer ?? 0) != 0 }
}
