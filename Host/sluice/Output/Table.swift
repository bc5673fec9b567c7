import SluiceJSON

/// A listing in columns: headings, then one line per row; empty cells are shown as `-`.
struct Table: Equatable {
    var headings: [String]
    var rows: [[String]] = []

    init(_ headings: String...) { self.headings = headings }

    /// The lines, columns two spaces apart, no trailing blanks.
    var lines: [String] {
        let cells = ([headings] + rows).map { $0.map { $0.isEmpty ? "-" : Output.safe($0) } }
        let widths = headings.indices.map { column in cells.map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
        }
        return cells.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let isLast = column == row.count - 1
                line += cell + (isLast ? "" : String(repeating: " ", count: max(widths[column] - cell.count, 0) + 2))
            }
            return line
        }
    }

    func print() {
        for line in lines { Output.line(line) }
    }
}

/// One object of the API as indented lines, for `show`.
enum Details {
    static func lines(_ value: JSONValue, indent: Int = 0) -> [String] {
        let margin = String(repeating: "  ", count: indent)
        switch value {
        case .object(let object):
            let width = object.filter { isPlain($0.value) }.map { Output.safe($0.key).count }.max() ?? 0
            return object.flatMap { key, value -> [String] in
                let key = Output.safe(key)
                if isPlain(value) {
                    return [margin + key + String(repeating: " ", count: max(width - key.count, 0) + 2) + plain(value)]
                }
                return [margin + key] + lines(value, indent: indent + 1)
            }
        case .array(let elements):
            return elements.flatMap { isPlain($0) ? [margin + plain($0)] : lines(joined($0), indent: indent) }
        default: return [margin + plain(value)]
        }
    }

    /// Texts, numbers, and arrays of those, which fit on one line.
    private static func isPlain(_ value: JSONValue) -> Bool {
        switch value {
        case .object(let object): object.isEmpty
        case .array(let elements): elements.allSatisfy { $0.arrayValue == nil && $0.objectValue == nil }
        default: true
        }
    }

    static func plain(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text.isEmpty ? "-" : Output.safe(text)
        case .array(let elements): elements.isEmpty ? "-" : elements.map(plain).joined(separator: ", ")
        case .object, .null: "-"
        default: value.serialized()
        }
    }

    /// An object inside an array on one line: `id=0 kind=video`.
    private static func joined(_ value: JSONValue) -> JSONValue {
        guard let object = value.objectValue, object.allSatisfy({ isPlain($0.value) }) else { return value }
        return .string(object.map { "\(Output.safe($0.key))=\(plain($0.value))" }.joined(separator: " "))
    }
}
