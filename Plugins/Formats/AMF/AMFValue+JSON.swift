public import SluiceJSON

extension AMFValue {
    /// The value as JSON: numbers that are whole without a fraction, dates as milliseconds since 1970, a class's name is left out, of a
    /// repeated property the last one holds. What JSON has no form for is null: undefined, bytes, numbers that are none.
    public var json: JSONValue {
        switch self {
        case .number(let value): Self.json(value)
        case .integer(let value): .integer(Int64(value))
        case .boolean(let value): .bool(value)
        case .string(let text), .xml(let text): .string(text)
        case .object(let properties), .ecmaArray(let properties), .typedObject(_, let properties):
            .object(JSONObject(properties.lazy.map { ($0.name, $0.value.json) }))
        case .strictArray(let values): .array(values.map(\.json))
        case .date(let milliseconds, _): Self.json(milliseconds)
        case .null, .undefined, .byteArray: .null
        }
    }

    /// Whole numbers up to 2⁵³ are exact.
    private static func json(_ value: Double) -> JSONValue {
        guard value.isFinite else { return .null }
        if value.magnitude <= 9_007_199_254_740_992, let whole = Int64(exactly: value) { return .integer(whole) }
        return .number(value)
    }
}
