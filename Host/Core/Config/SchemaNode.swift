import SluiceJSON

/// One level of a plugin's schema.
struct SchemaNode: Sendable, Equatable {
    enum Kind: String, Sendable {
        case object, array, string, integer, number, boolean
    }

    var type: Kind?
    var properties: [(name: String, node: SchemaNode)] = []
    var required: [String] = []
    var additional = false
    var choices: [JSONValue]?
    var minimum: Double?
    var maximum: Double?
    var minimumCount: Int?
    var maximumCount: Int?
    /// At most one; an array only because a struct cannot hold itself.
    var items: [SchemaNode] = []
    var defaultValue: JSONValue?
    var description = ""
    /// What the value names, for `sluice check`.
    var format: ConfigurationSchema.Format?
    /// The value is a secret: never printed.
    var writeOnly = false
    /// The value is an address that the plugin's process connects to by itself, at this port unless it says another.
    var connectPort: Int?

    private static let depthLimit = 32
    private static let words: Set<String> = [
        "type", "properties", "required", "additionalProperties", "enum", "minimum", "maximum", "minLength", "maxLength", "items",
        "minItems", "maxItems", "default", "description", "title", "writeOnly", "format", "x-connect-port",
        "$schema",
    ]

    init(_ value: JSONValue, at path: ConfigurationPath, depth: Int) throws(ConfigurationSchema.Malformed) {
        guard let object = value.objectValue else { throw Self.malformed(path, "not an object") }
        guard depth <= Self.depthLimit else { throw Self.malformed(path, "nested deeper than \(Self.depthLimit)") }
        for key in object.keys where !Self.words.contains(key) {
            throw Self.malformed(path, "unknown word \(ConfigurationPath.quoted(key))")
        }
        if let word = object["type"] {
            guard let kind = word.stringValue.flatMap(Kind.init) else { throw Self.malformed(path, "unknown type \(word)") }
            type = kind
        }
        try readProperties(object, at: path, depth: depth)
        choices = try Self.typed(object, "enum", at: path) { $0.arrayValue }
        minimum = try Self.typed(object, "minimum", at: path) { $0.doubleValue }
        maximum = try Self.typed(object, "maximum", at: path) { $0.doubleValue }
        let isArray = type == .array
        minimumCount = try Self.typed(object, isArray ? "minItems" : "minLength", at: path) { $0.intValue }
        maximumCount = try Self.typed(object, isArray ? "maxItems" : "maxLength", at: path) { $0.intValue }
        if let element = object["items"] { items = [try SchemaNode(element, at: path.appending("items"), depth: depth + 1)] }
        description = try Self.typed(object, "description", at: path) { $0.stringValue } ?? ""
        if let word = object["format"] {
            guard let found = word.stringValue.flatMap(ConfigurationSchema.Format.init) else {
                throw Self.malformed(path, "unknown format \(word)")
            }
            format = found
        }
        writeOnly = try Self.typed(object, "writeOnly", at: path) { $0.boolValue } ?? false
        connectPort = try Self.typed(object, "x-connect-port", at: path) { $0.intValue }
        defaultValue = object["default"]
        try checkDefault(at: path)
    }

    private mutating func readProperties(
        _ object: JSONObject, at path: ConfigurationPath, depth: Int
    ) throws(ConfigurationSchema.Malformed) {
        additional = try Self.typed(object, "additionalProperties", at: path) { $0.boolValue } ?? false
        guard let members = try Self.typed(object, "properties", at: path, { $0.objectValue }) else { return }
        for (name, node) in members {
            properties.append((name, try SchemaNode(node, at: path.appending(name), depth: depth + 1)))
        }
        for name in try Self.typed(object, "required", at: path, { $0.arrayValue }) ?? [] {
            guard let name = name.stringValue, members[name] != nil else {
                throw Self.malformed(path, "required: \(name) is no property")
            }
            required.append(name)
        }
    }

    /// A default that breaks its own schema would reach the plugin unseen.
    private func checkDefault(at path: ConfigurationPath) throws(ConfigurationSchema.Malformed) {
        guard let defaultValue else { return }
        var check = SchemaCheck()
        _ = check.value(defaultValue, self, at: path)
        if let violation = check.violations.first { throw Self.malformed(path, "the default breaks it: \(violation.message)") }
    }

    private static func typed<Value>(
        _ object: JSONObject, _ key: String, at path: ConfigurationPath, _ convert: (JSONValue) -> Value?
    ) throws(ConfigurationSchema.Malformed) -> Value? {
        guard let found = object[key] else { return nil }
        guard let value = convert(found) else { throw malformed(path, "\(key) is of the wrong type") }
        return value
    }

    private static func malformed(_ path: ConfigurationPath, _ message: String) -> ConfigurationSchema.Malformed {
        .init(description: path.parts.isEmpty ? "the schema: \(message)" : "the schema at \(path): \(message)")
    }

    static func == (left: SchemaNode, right: SchemaNode) -> Bool {
        left.type == right.type && left.required == right.required && left.additional == right.additional
            && left.choices == right.choices && left.minimum == right.minimum && left.maximum == right.maximum
            && left.minimumCount == right.minimumCount && left.maximumCount == right.maximumCount && left.items == right.items
            && left.defaultValue == right.defaultValue && left.description == right.description
            && left.writeOnly == right.writeOnly && left.connectPort == right.connectPort && left.format == right.format
            && left.properties.count == right.properties.count
            && zip(left.properties, right.properties).allSatisfy { $0.name == $1.name && $0.node == $1.node }
    }
}
