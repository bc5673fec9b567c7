// No nil literal: beside the optionals of the accessors it would read as `null` where absence is meant.
extension JSONValue: ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByStringInterpolation, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(integerLiteral value: Int64) { self = .integer(value) }
    public init(floatLiteral value: Double) { self = .number(value) }
    public init(stringLiteral value: String) { self = .string(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// Members in the order written; of a repeated key the last value wins, at the first one's place.
    public init(dictionaryLiteral elements: (String, JSONValue)...) { self = .object(JSONObject(elements)) }
}

extension JSONValue {
    /// The boolean as JSON.
    public init(_ value: Bool) { self = .bool(value) }
    /// The text as JSON.
    public init(_ value: some StringProtocol) { self = .string(String(value)) }
    /// The integer as JSON; beyond 64 signed bits it becomes the nearest `Double`.
    public init(_ value: some BinaryInteger) {
        if let exact = Int64(exactly: value) { self = .integer(exact) } else { self = .number(Double(value)) }
    }
    /// The number as JSON; infinities and NaN have no JSON form and are written as `null`.
    public init(_ value: Double) { self = .number(value) }
    /// The elements as a JSON array.
    public init(_ elements: [JSONValue]) { self = .array(elements) }
    /// The texts as a JSON array.
    public init(_ elements: [String]) { self = .array(elements.map { .string($0) }) }
    /// The members as a JSON object.
    public init(_ object: JSONObject) { self = .object(object) }
}
