import SluiceJSON

/// The schema that a plugin declares for its configuration: a small part of JSON Schema.
///
/// Known words: `type properties required additionalProperties enum minimum maximum minLength maxLength items minItems maxItems
/// default description title writeOnly format x-connect-port`; any other is refused, so that no plugin relies on a check that nobody
/// makes.
/// Properties that are not named are errors unless `additionalProperties` is true. Nesting is bounded (32).
public struct ConfigurationSchema: Sendable, Equatable {
    /// A schema text that cannot be used, and why; the plugin's fault.
    public struct Malformed: Error, Sendable, Equatable, CustomStringConvertible {
        /// One line.
        public var description: String
    }

    /// One way in which a value breaks the schema.
    public struct Violation: Sendable, Equatable, CustomStringConvertible {
        /// The value's path, or its table's for something that is missing.
        public var path: ConfigurationPath
        /// Without the suggestion.
        public var message: String
        /// The property probably meant.
        public var suggestion: String?
        /// True when the key itself is wrong, not what stands behind it.
        public var concernsKey: Bool

        /// Message and suggestion in one line.
        public var description: String { message + (suggestion.map { "; did you mean \"\($0)\"?" } ?? "") }
    }

    /// What a text names. It is checked by `sluice check` alone: a server may run before what is named is there.
    public enum Format: String, Sendable, Equatable {
        /// A file that the plugin reads, relative to its data folder.
        case pluginFile = "plugin-file"
        /// An address that the plugin fetches: its origin has to be in `[permissions] egress`.
        case egress
    }

    let root: SchemaNode

    /// Reads a schema; the root has to be of type `object`.
    public init(parsing text: String) throws(Malformed) {
        let value: JSONValue
        do { value = try JSONValue(parsing: text, limits: JSONLimits(bytes: 1 << 20)) } catch {
            throw Malformed(description: "the schema is no JSON: \(error)")
        }
        root = try SchemaNode(value, at: [], depth: 0)
        guard root.type == .object else { throw Malformed(description: "the schema's type has to be \"object\"") }
    }

    /// The schema that a library declares; nil when it declares none, or one that can't be used.
    public static func declared(_ text: String) -> ConfigurationSchema? {
        text.isEmpty ? nil : try? ConfigurationSchema(parsing: text)
    }

    /// The root's properties with a format, which `object` gives a value that is not empty.
    public func formatted(_ object: JSONObject) -> [(key: String, format: Format, text: String)] {
        root.properties.compactMap { name, node in
            guard let format = node.format, let text = object[name]?.stringValue, !text.isEmpty else { return nil }
            return (name, format, text)
        }
    }

    /// Whether the root has that property.
    public func hasProperty(_ name: String) -> Bool { root.properties.contains { $0.name == name } }

    /// Checks a value and fills in defaults.
    /// - Parameter path: where the value stands, in front of the violations' paths.
    /// - Returns: the completed value, to be used only without violations.
    public func check(_ value: JSONValue, at path: ConfigurationPath = []) -> (completed: JSONValue, violations: [Violation]) {
        var check = SchemaCheck()
        let completed = check.value(value, root, at: path)
        return (completed, check.violations)
    }
}
