extension JSONValue {
    /// True for `null` only; an absent key is `nil`, not `null`.
    public var isNull: Bool { self == .null }

    /// The boolean, or nil for any other type.
    public var boolValue: Bool? {
        if case .bool(let value) = self { value } else { nil }
    }

    /// The integer; a number without a fraction that fits 64 bits counts as one; nil for anything else.
    public var int64Value: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    /// As `int64Value`, in `Int`.
    public var intValue: Int? { int64Value.flatMap { Int(exactly: $0) } }

    /// The integer when it is not negative, else nil.
    public var uint64Value: UInt64? { int64Value.flatMap { UInt64(exactly: $0) } }

    /// The number, integers included (rounded beyond 2⁵³), or nil for any other type.
    public var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The text, or nil for any other type.
    public var stringValue: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// The elements, or nil for any other type.
    public var arrayValue: [JSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }

    /// The members, or nil for any other type.
    public var objectValue: JSONObject? {
        if case .object(let value) = self { value } else { nil }
    }

    /// The member of an object, nil when it is absent or this is no object.
    ///
    /// Setting on something that is no object makes it an object first; setting nil removes the member.
    public subscript(key: String) -> JSONValue? {
        get { objectValue?[key] }
        set {
            var object = objectValue ?? JSONObject()
            self = .null  // one reference to the object while it is changed
            object[key] = newValue
            self = .object(object)
        }
    }

    /// The element of an array, nil when out of range or when this is no array.
    public subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }
}
