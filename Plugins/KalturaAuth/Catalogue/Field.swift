import KalturaCore
import SluiceJSON

/// One settable value of a partner or an entry, under its three names: the column, the JSON member and the command's option.
///
/// The admin routes, the commands, their help and the listings are all made from the same list of these.
public struct Field: Sendable {
    enum Kind: Sendable {
        /// Up to so many bytes, without control characters.
        case text(Int)
        case flag
        case integer(ClosedRange<Int64>)
        /// A word; its place in the list is the stored number.
        case choice([String])
        /// Addresses and prefixes.
        case sources
    }

    let column: String
    let name: String
    let kind: Kind
    let help: String
    /// Whether it may be taken away (JSON null, an empty option).
    let optional: Bool

    /// `--max-passthrough`.
    public var option: String { "--" + name.map { $0 == "_" ? "-" : String($0) }.joined() }

    /// The placeholder in help texts.
    var placeholder: String {
        switch kind {
        case .text: "TEXT"
        case .flag: "yes|no"
        case .integer: "N"
        case .choice(let words): words.joined(separator: "|")
        case .sources: "ADDRESSES"
        }
    }

    /// The stored value of a JSON member.
    func value(_ json: JSONValue) throws(CatalogueError) -> StoredValue {
        if json == .null, optional { return .null }
        switch (kind, json) {
        case (.text, .string(let text)), (.sources, .string(let text)), (.choice, .string(let text)): return try value(text: text)
        case (.flag, _): if let flag = json.boolValue { return StoredValue(flag) }
        case (.integer(let range), _):
            if let number = json.int64Value, range.contains(number) { return .integer(number) }
        default: break
        }
        throw .invalid(problem)
    }

    /// The stored value of an option's text.
    func value(text: String) throws(CatalogueError) -> StoredValue {
        if text.isEmpty, optional { return .null }
        switch kind {
        case .text(let limit):
            if text.utf8.count <= limit, !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) {
                return .text(text)
            }
        case .flag:
            if let flag = ["yes": true, "true": true, "1": true, "no": false, "false": false, "0": false][text] {
                return StoredValue(flag)
            }
        case .integer(let range):
            if let number = Int64(text), range.contains(number) { return .integer(number) }
        case .choice(let words):
            if let place = words.firstIndex(of: text) { return .integer(Int64(place)) }
        case .sources:
            if text.utf8.count <= 4096, SourceList(text).unreadable.isEmpty { return .text(text) }
        }
        throw .invalid(problem)
    }

    /// The stored value as JSON.
    func json(_ value: StoredValue) -> JSONValue {
        switch kind {
        case .text, .sources: return value.text.map(JSONValue.string) ?? .null
        case .flag: return .bool(value.isTrue)
        case .integer: return value.integer.map(JSONValue.integer) ?? .null
        case .choice(let words):
            guard let number = value.integer else { return .null }
            return words.indices.contains(Int(clamping: number)) ? .string(words[Int(clamping: number)]) : .integer(number)
        }
    }

    /// What the member or the option must be.
    private var problem: String {
        switch kind {
        case .text(let limit): "\(name) must be text of at most \(limit) bytes, without control characters"
        case .flag: "\(name) must be true or false (on the command line yes or no)"
        case .integer(let range): "\(name) must be a whole number within \(range.lowerBound)…\(range.upperBound)"
        case .choice(let words): "\(name) must be one of \(words.joined(separator: ", "))"
        case .sources: "\(name) must be addresses or prefixes, as 192.0.2.0/24,2001:db8::1"
        }
    }
}

/// Values to store, by column.
public struct Change: Sendable {
    var column: String
    var value: StoredValue

    init(_ column: String, _ value: StoredValue) {
        self.column = column
        self.value = value
    }
}
