/// Writes a `JSONValue` as text: compact or indented by two spaces, members in their own order.
///
/// The output is always valid JSON in UTF-8 without raw control characters; infinities and NaN become `null`.
struct JSONWriter {
    let pretty: Bool
    private(set) var output: [UInt8] = []

    init(pretty: Bool) { self.pretty = pretty }

    mutating func write(_ value: JSONValue, depth: Int = 0) {
        switch value {
        case .null: put("null")
        case .bool(let flag): put(flag ? "true" : "false")
        case .integer(let integer): put(String(integer))
        case .number(let number): put(number.isFinite ? number.description : "null")
        case .string(let text): quote(text)
        case .array(let elements): write(elements, depth: depth)
        case .object(let object): write(object, depth: depth)
        }
    }

    private mutating func write(_ elements: [JSONValue], depth: Int) {
        guard !elements.isEmpty else { return put("[]") }
        put("[")
        for (position, element) in elements.enumerated() {
            if position > 0 { put(",") }
            newLine(depth + 1)
            write(element, depth: depth + 1)
        }
        newLine(depth)
        put("]")
    }

    private mutating func write(_ object: JSONObject, depth: Int) {
        guard !object.isEmpty else { return put("{}") }
        put("{")
        for (position, member) in object.enumerated() {
            if position > 0 { put(",") }
            newLine(depth + 1)
            quote(member.key)
            put(pretty ? ": " : ":")
            write(member.value, depth: depth + 1)
        }
        newLine(depth)
        put("}")
    }

    private mutating func put(_ text: String) { output.append(contentsOf: text.utf8) }

    private mutating func newLine(_ depth: Int) {
        guard pretty else { return }
        output.append(0x0A)
        output.append(contentsOf: repeatElement(0x20, count: depth * 2))
    }

    private mutating func quote(_ text: String) {
        output.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): put("\\\"")
            case UInt8(ascii: "\\"): put("\\\\")
            case 0x08: put("\\b")
            case 0x0C: put("\\f")
            case 0x0A: put("\\n")
            case 0x0D: put("\\r")
            case 0x09: put("\\t")
            case 0..<0x20, 0x7F:
                put(byte < 0x10 ? "\\u000" : "\\u00")
                put(String(byte, radix: 16))
            default: output.append(byte)
            }
        }
        output.append(UInt8(ascii: "\""))
    }
}

extension JSONValue: CustomStringConvertible {
    /// The value as JSON text, compact unless `pretty`.
    public func serialized(pretty: Bool = false) -> String {
        String(decoding: serializedBytes(pretty: pretty), as: UTF8.self)
    }

    /// The value as JSON text in UTF-8 bytes, compact unless `pretty`.
    public func serializedBytes(pretty: Bool = false) -> [UInt8] {
        var writer = JSONWriter(pretty: pretty)
        writer.write(self)
        return writer.output
    }

    /// The compact JSON text.
    public var description: String { serialized() }
}
