/// One JSON value: what crosses the plugin border for configuration, events and administration.
///
/// Owns its content; a value type. Integers that fit 64 bits stay integers, everything else numeric is a `Double`.
/// It never touches Foundation, and reading text into it never traps (see `JSONParser`).
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object(JSONObject)
}

extension JSONValue {
    /// The word for this value's type as JSON Schema says it: `null`, `boolean`, `integer`, `number`, `string`, `array`, `object`.
    public var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .number: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }
}
