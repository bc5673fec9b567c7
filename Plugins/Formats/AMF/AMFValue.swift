/// A value of the Action Message Format, versions 0 and 3.
///
/// A tree without sharing: references on the wire are resolved by the decoder, within `AMFLimits`.
public enum AMFValue: Equatable, Sendable {
    case number(Double)
    /// AMF3 only (29 bits on the wire, −2²⁸ ..< 2²⁸; beyond that it is written as a number); AMF0 writes a number.
    case integer(Int32)
    case boolean(Bool)
    /// Any length: AMF0 picks its string or long string by the size.
    case string(String)
    case object([AMFProperty])
    /// AMF0 ECMA array; AMF3 array with names.
    case ecmaArray([AMFProperty])
    /// AMF0 strict array; AMF3 dense array; also what AMF3 vectors are read as.
    case strictArray([AMFValue])
    case null
    case undefined
    /// Milliseconds since 1970 in UTC; minutes of the time zone, which is reserved and usually 0 (AMF3 has none).
    case date(milliseconds: Double, timeZone: Int16)
    /// An XML document as text.
    case xml(String)
    case typedObject(className: String, [AMFProperty])
    /// AMF3 only; AMF0 writes it behind a switch to AMF3 (marker 0x11).
    case byteArray([UInt8])
}

extension AMFValue {
    /// The text of a string or XML document.
    public var stringValue: String? {
        switch self {
        case .string(let text), .xml(let text): text
        default: nil
        }
    }

    /// A number or integer.
    public var doubleValue: Double? {
        switch self {
        case .number(let value): value
        case .integer(let value): Double(value)
        default: nil
        }
    }

    /// A number or integer rounded to the nearest whole number, if it is one of UInt32.
    public var uint32Value: UInt32? {
        doubleValue.flatMap { UInt32(exactly: $0.rounded()) }
    }

    /// A boolean.
    public var booleanValue: Bool? {
        if case .boolean(let value) = self { value } else { nil }
    }

    /// True for null and undefined.
    public var isNull: Bool {
        switch self {
        case .null, .undefined: true
        default: false
        }
    }

    /// The pairs of an object, ECMA array or typed object.
    public var objectProperties: [AMFProperty]? {
        switch self {
        case .object(let properties), .ecmaArray(let properties), .typedObject(_, let properties): properties
        default: nil
        }
    }

    /// The elements of a strict array.
    public var arrayValues: [AMFValue]? {
        if case .strictArray(let values) = self { values } else { nil }
    }

    /// The property of this name (the last one, where a name is repeated); nil if there is none or this has no properties.
    ///
    /// One pass over the properties; nothing is allocated.
    public subscript(name: String) -> AMFValue? {
        switch self {
        case .object(let properties), .ecmaArray(let properties), .typedObject(_, let properties):
            properties.last { $0.name == name }?.value
        default: nil
        }
    }
}

extension AMFValue: ExpressibleByStringLiteral, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string.
    public init(stringLiteral value: String) { self = .string(value) }
    /// A number.
    public init(floatLiteral value: Double) { self = .number(value) }
    /// A number (not an integer: AMF0 has none).
    public init(integerLiteral value: Int32) { self = .number(Double(value)) }
    /// A boolean.
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
    /// A strict array.
    public init(arrayLiteral elements: AMFValue...) { self = .strictArray(elements) }
    /// An object with its properties in the order written.
    public init(dictionaryLiteral elements: (String, AMFValue)...) {
        self = .object(elements.map { AMFProperty($0.0, $0.1) })
    }
}
