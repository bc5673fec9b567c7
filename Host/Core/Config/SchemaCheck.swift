import SluiceJSON

/// Walks a value along its schema: completes it with defaults, collects violations. Recursion is bounded by the schema's depth.
struct SchemaCheck {
    private(set) var violations: [ConfigurationSchema.Violation] = []

    mutating func value(_ value: JSONValue, _ node: SchemaNode, at path: ConfigurationPath) -> JSONValue {
        guard isType(value, node.type) else {
            let wanted = node.type.map { Self.wanted($0) } ?? "a value"
            refuse(path, "\(path): expected \(wanted), found \(shown(value, node))")
            return value
        }
        if let choices = node.choices, !choices.contains(value) {
            let words = choices.compactMap(\.stringValue)
            let suggestion = value.stringValue.flatMap { Suggestion.nearest(to: $0, among: words) }
            let listed = choices.map { $0.serialized() }.joined(separator: ", ")
            refuse(path, "\(path): expected one of \(listed), found \(shown(value, node))", suggestion: suggestion)
        }
        checkRange(value, node, at: path)
        switch value {
        case .object(let object) where node.type == .object: return .object(self.object(object, node, at: path))
        case .array(let elements):
            guard let item = node.items.first else { return value }
            return .array(elements.enumerated().map { self.value($0.element, item, at: path.appending($0.offset)) })
        case .integer where node.type == .number: return value.doubleValue.map { .number($0) } ?? value
        default: return value
        }
    }

    private mutating func object(_ object: JSONObject, _ node: SchemaNode, at path: ConfigurationPath) -> JSONObject {
        var completed = JSONObject()
        for (name, property) in node.properties {
            let place = path.appending(name)
            if let value = object[name] {
                completed[name] = self.value(value, property, at: place)
            } else if let value = property.defaultValue {
                completed[name] = self.value(value, property, at: place)
            } else if node.required.contains(name) {
                refuse(
                    path, "\(path) needs \"\(name)\"" + (property.description.isEmpty ? "" : ": \(property.description)"),
                    key: true)
            } else if property.type == .object, property.required.isEmpty, !property.properties.isEmpty {
                // One without any default inside stays away: that it is there may mean something.
                let made = self.value([:], property, at: place)
                if made != [:] { completed[name] = made }
            }
        }
        for (name, value) in object where completed[name] == nil && !node.properties.contains(where: { $0.name == name }) {
            completed[name] = value
            guard !node.additional else { continue }
            let suggestion = Suggestion.nearest(to: name, among: node.properties.map(\.name))
            refuse(
                path.appending(name), "unknown key \(ConfigurationPath.quoted(name)) in [\(path)]", suggestion: suggestion,
                key: true)
        }
        return completed
    }

    private mutating func checkRange(_ value: JSONValue, _ node: SchemaNode, at path: ConfigurationPath) {
        if let number = value.doubleValue {
            if let minimum = node.minimum, number < minimum {
                refuse(path, "\(path): \(Self.neat(number)) is less than \(Self.neat(minimum))")
            }
            if let maximum = node.maximum, number > maximum {
                refuse(path, "\(path): \(Self.neat(number)) is more than \(Self.neat(maximum))")
            }
        }
        let (count, unit) =
            switch value {
            case .string(let text): (text.unicodeScalars.count, "characters")
            case .array(let elements): (elements.count, "elements")
            default: (-1, "")
            }
        guard count >= 0 else { return }
        if let minimum = node.minimumCount, count < minimum {
            refuse(path, "\(path): \(count) \(unit), at least \(minimum) are needed")
        }
        if let maximum = node.maximumCount, count > maximum {
            refuse(path, "\(path): \(count) \(unit), at most \(maximum) are allowed")
        }
    }

    private mutating func refuse(_ path: ConfigurationPath, _ message: String, suggestion: String? = nil, key: Bool = false) {
        violations.append(.init(path: path, message: message, suggestion: suggestion, concernsKey: key))
    }

    private func shown(_ value: JSONValue, _ node: SchemaNode) -> String {
        node.writeOnly ? "something else (not shown: it is a secret)" : TableReader.describe(value)
    }

    /// Whole numbers without their ".0".
    private static func neat(_ number: Double) -> String { Int64(exactly: number).map { String($0) } ?? String(number) }

    private func isType(_ value: JSONValue, _ type: SchemaNode.Kind?) -> Bool {
        switch type {
        case nil: true
        case .object: value.objectValue != nil
        case .array: value.arrayValue != nil
        case .string: value.stringValue != nil
        case .integer: if case .integer = value { true } else { false }
        case .number: value.doubleValue != nil
        case .boolean: value.boolValue != nil
        }
    }

    private static func wanted(_ type: SchemaNode.Kind) -> String {
        switch type {
        case .object: "a table"
        case .array: "an array"
        case .string: "a text"
        case .integer: "an integer"
        case .number: "a number"
        case .boolean: "true or false"
        }
    }
}
