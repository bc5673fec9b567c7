import SluiceJSON

/// Values as back ends write them (SPEC §4): numbers may arrive as strings, truth values as numbers.
extension JSONValue {
    /// A whole number, the text of one, or a truth value as 1 and 0.
    var lenientInteger: Int64? {
        switch self {
        case .string(let text): Int64(text)
        case .bool(let value): value ? 1 : 0
        default: int64Value
        }
    }

    /// A truth value, a number as whether it is other than 0, or the text of either.
    var lenientBool: Bool? {
        switch self {
        case .bool(let value): value
        case .string("true"): true
        case .string("false"): false
        default: lenientInteger.map { $0 != 0 }
        }
    }
}
