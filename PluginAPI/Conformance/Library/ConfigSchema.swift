import SluiceJSON

/// A plugin's own schema of its configuration, as far as a host needs it: defaults, and what would be wrong.
struct ConfigSchema {
    private let root: JSONValue?

    init(_ text: String) { root = try? JSONValue(parsing: text) }

    /// `written` with the defaults of the properties that it leaves out; a required property without default gets a plain value.
    func filled(_ written: JSONObject) -> JSONObject { Self.filled(written, root, depth: 0) }

    private static func filled(_ written: JSONObject, _ schema: JSONValue?, depth: Int) -> JSONObject {
        guard depth < 16, let properties = schema?["properties"]?.objectValue else { return written }
        let required = (schema?["required"]?.arrayValue ?? []).compactMap(\.stringValue)
        var out = written
        for (name, node) in properties {
            if let value = out[name] {
                if let object = value.objectValue { out[name] = .object(filled(object, node, depth: depth + 1)) }
            } else if let value = node["default"] {
                out[name] = value
            } else if required.contains(name) {
                out[name] = plain(node, depth: depth + 1)
            }
        }
        return out
    }

    private static func plain(_ schema: JSONValue, depth: Int) -> JSONValue {
        if let choice = schema["enum"]?.arrayValue?.first { return choice }
        switch schema["type"]?.stringValue {
        case "string": return .string("conformance")
        case "integer": return .integer(Int64(schema["minimum"]?.doubleValue ?? 1))
        case "number": return .number(schema["minimum"]?.doubleValue ?? 1)
        case "boolean": return .bool(false)
        case "array": return .array([])
        default: return .object(filled(JSONObject(), schema, depth: depth))
        }
    }

    /// Configurations that the schema forbids, one for each property: another type, and what is out of range.
    func wrong(_ good: JSONObject) -> [JSONObject] {
        guard let properties = root?["properties"]?.objectValue else { return [] }
        var list: [JSONObject] = []
        for (name, node) in properties {
            let other: JSONValue = node["type"]?.stringValue == "string" ? .array([.integer(1)]) : .string("conformance")
            list.append(Self.changed(good, name, other))
            list.append(Self.changed(good, name, .null))
            if let maximum = node["maximum"]?.doubleValue { list.append(Self.changed(good, name, .number(maximum * 1e6 + 1))) }
            if node["minimum"]?.doubleValue != nil { list.append(Self.changed(good, name, .integer(Int64.min))) }
        }
        return Array(list.prefix(48))
    }

    private static func changed(_ object: JSONObject, _ name: String, _ value: JSONValue) -> JSONObject {
        var out = object
        out[name] = value
        return out
    }
}
