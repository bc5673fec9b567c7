import SluiceJSON

/// Reads one table key by key, collecting what is wrong, and at the end refuses what nobody asked for.
///
/// The keys that were asked for are the keys that exist: no second list can drift away from the code.
final class TableReader {
    let path: ConfigurationPath
    let object: JSONObject
    private let report: ErrorCollector
    private var known: [String] = []

    init(_ object: JSONObject, at path: ConfigurationPath, _ report: ErrorCollector) {
        self.object = object
        self.path = path
        self.report = report
    }

    /// How messages name this table: `[app.live]`, `[[listen]] 2`, or the file.
    var name: String {
        if path.parts.isEmpty { return "the file" }
        if case .index(let index) = path.parts.last { return "[[\(path.parent)]] \(index + 1)" }
        return "[\(path)]"
    }

    /// The value under a key, which is known from now on.
    func value(_ key: String) -> JSONValue? {
        known.append(key)
        return object[key]
    }

    /// The value when `convert` takes it; else an error that says what was wanted. Nil also when the key is absent.
    func read<Value>(_ key: String, _ wanted: String, _ convert: (JSONValue) -> Value?) -> Value? {
        guard let found = value(key) else { return nil }
        guard let value = convert(found) else {
            refuse(key, "\(name) \(key): expected \(wanted), found \(Self.describe(found))")
            return nil
        }
        return value
    }

    // MARK: - Types

    func bool(_ key: String) -> Bool? { read(key, "true or false") { $0.boolValue } }

    func string(_ key: String) -> String? {
        read(key, "a text that is not empty") { $0.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
    }

    func integer(_ key: String, _ range: ClosedRange<Int>) -> Int? {
        read(key, "an integer from \(range.lowerBound) to \(range.upperBound)") { value in
            guard case .integer(let integer) = value, let integer = Int(exactly: integer), range.contains(integer) else {
                return nil
            }
            return integer
        }
    }

    /// Seconds, whole or with a fraction, as milliseconds.
    func milliseconds(seconds key: String, _ range: ClosedRange<Int>) -> Int? {
        read(key, "a number of seconds from \(range.lowerBound) to \(range.upperBound)") { value in
            guard let seconds = value.doubleValue, seconds >= Double(range.lowerBound), seconds <= Double(range.upperBound) else {
                return nil
            }
            return Int((seconds * 1000).rounded())
        }
    }

    /// One of an enumeration's words.
    func word<Word: RawRepresentable & CaseIterable>(_ key: String) -> Word? where Word.RawValue == String {
        let words = Word.allCases.map(\.rawValue)
        guard let found = value(key) else { return nil }
        if let word = found.stringValue.flatMap({ Word(rawValue: $0) }) { return word }
        let suggestion = found.stringValue.flatMap { Suggestion.nearest(to: $0, among: words) }
        let wanted = words.map { "\"\($0)\"" }.joined(separator: ", ")
        refuse(key, "\(name) \(key): expected one of \(wanted), found \(Self.describe(found))", suggestion: suggestion)
        return nil
    }

    /// Texts, each accepted by `isGood`, none twice.
    func strings(_ key: String, of wanted: String = "texts", where isGood: (String) -> Bool = { !$0.isEmpty }) -> [String]? {
        guard let elements = read(key, "an array of \(wanted)", { $0.arrayValue }) else { return nil }
        var strings: [String] = []
        for (index, element) in elements.enumerated() {
            let place = path.appending(key).appending(index)
            guard let string = element.stringValue, isGood(string) else {
                report.add(at: place, "\(name) \(key): expected an array of \(wanted), found \(Self.describe(element))")
                continue
            }
            guard !strings.contains(string) else {
                report.add(at: place, "\(name) \(key): \"\(string)\" twice")
                continue
            }
            strings.append(string)
        }
        return strings
    }

    /// At most sixteen different ones.
    func integers(_ key: String, of wanted: String, _ range: ClosedRange<Int>) -> [Int]? {
        read(key, "an array of at most sixteen different \(wanted)") { value in
            guard let elements = value.arrayValue, elements.count <= 16 else { return nil }
            let integers = elements.compactMap { element -> Int? in
                guard case .integer(let integer) = element, let integer = Int(exactly: integer) else { return nil }
                return range.contains(integer) ? integer : nil
            }
            return integers.count == elements.count && Set(integers).count == integers.count ? integers : nil
        }
    }

    /// A table under this key, with a reader of its own.
    func table(_ key: String) -> TableReader? {
        read(key, "a table", { $0.objectValue }).map { TableReader($0, at: path.appending(key), report) }
    }

    /// The tables of an array of tables, each with a reader of its own.
    func tables(_ key: String) -> [TableReader] {
        guard let elements = read(key, "an array of tables", { $0.arrayValue }) else { return [] }
        return elements.enumerated().compactMap { index, element in
            let place = path.appending(key).appending(index)
            if let object = element.objectValue { return TableReader(object, at: place, report) }
            report.add(at: place, "\(name) \(key): expected a table, found \(Self.describe(element))")
            return nil
        }
    }

    /// One element of an array as a table with a reader of its own; nil when it is none.
    func table(element index: Int, of key: String, _ value: JSONValue) -> TableReader? {
        value.objectValue.map { TableReader($0, at: path.appending(key).appending(index), report) }
    }

    // MARK: - Errors

    func refuse(element index: Int, of key: String, _ message: String, suggestion: String? = nil) {
        report.add(at: path.appending(key).appending(index), message, suggestion: suggestion)
    }

    func refuse(_ key: String, _ message: String, suggestion: String? = nil) {
        report.add(at: path.appending(key), message, suggestion: suggestion)
    }

    /// An error about the table as a whole, at its header.
    func refuseTable(_ message: String) { report.add(at: path, message, value: false) }

    /// Reports the absence of a key that has no default.
    func missing(_ key: String, _ example: String) {
        refuseTable("\(name) needs \"\(key)\", for example \(key) = \(example)")
    }

    /// Ends the reading: every key that nobody asked for is an error.
    func finish() {
        for key in object.keys { unknownUnlessRead(key) }
    }

    /// Reports one unknown key with the nearest known one.
    func unknownUnlessRead(_ key: String) {
        guard !known.contains(key) else { return }
        let message = "unknown key \(ConfigurationPath.quoted(key)) in \(name)"
        report.add(at: path.appending(key), message, suggestion: Suggestion.nearest(to: key, among: known), value: false)
    }

    static func describe(_ value: JSONValue) -> String {
        switch value {
        case .null: "nothing"
        case .bool, .integer, .number: value.serialized()
        case .string(let text): ConfigurationPath.quoted(text)
        case .array: "an array"
        case .object: "a table"
        }
    }
}
