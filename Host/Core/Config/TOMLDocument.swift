import SluiceJSON
import Synchronization
import TOMLKit

/// A TOML text read into JSON values, with the place of every key.
///
/// It refuses what cannot go on as JSON (dates, infinities) and NUL. It knows nothing of what the keys mean.
struct TOMLDocument: Sendable, Equatable {
    /// The file's path, for messages.
    let file: String
    let root: JSONObject
    private let places: [ConfigurationPath: KeyLocator.Place]

    private typealias Content = (root: JSONObject, places: [ConfigurationPath: KeyLocator.Place])
    private static let known = Mutex(KnownTexts<Content>())

    /// - Throws: `ConfigurationErrors`, for a syntax error with the one place that the TOML library tells.
    init(_ text: String, file: String) throws(ConfigurationErrors) {
        self.file = file
        let text = text.hasPrefix("\u{FEFF}") ? String(text.unicodeScalars.dropFirst()) : text
        guard !text.utf8.contains(0) else {
            throw ConfigurationErrors([ConfigurationError(file: file, position: nil, message: "a NUL byte in the text")])
        }
        if let content = Self.known.withLock({ $0.meaning(of: text) }) {
            (root, places) = content
            return
        }
        var unusable: [(ConfigurationPath, String)] = []
        do {
            let table = try TOMLTable(string: text)
            root = Self.object(table, at: [], &unusable)
        } catch let error as TOMLParseError {
            let begin = error.source.begin
            let position = begin.line > 0 ? SourcePosition(line: begin.line, column: begin.column) : nil
            throw ConfigurationErrors([
                ConfigurationError(file: file, position: position, message: Self.oneLine(error.description))
            ])
        } catch {
            throw ConfigurationErrors([ConfigurationError(file: file, position: nil, message: "\(error)")])
        }
        let locator = KeyLocator(text)
        places = locator.places
        var errors = locator.escapedNULs.map {
            ConfigurationError(file: file, position: $0, message: "NUL cannot be part of a text")
        }
        for (path, message) in unusable { errors.append(error(at: path, message)) }
        guard errors.isEmpty else { throw ConfigurationErrors(errors) }
        let content = (root: root, places: places)
        Self.known.withLock { $0.remember(content, of: text) }
    }

    /// The document of an empty file.
    init(file: String) {
        self.file = file
        root = JSONObject()
        places = [:]
    }

    /// The key's place, or that of the nearest table around it.
    func position(of path: ConfigurationPath) -> SourcePosition? {
        var path = path
        while !path.parts.isEmpty {
            if let place = places[path] { return place.key }
            path = path.parent
        }
        return nil
    }

    /// Where the value begins, or what `position(of:)` tells.
    func valuePosition(of path: ConfigurationPath) -> SourcePosition? { places[path]?.value ?? position(of: path) }

    func error(at path: ConfigurationPath, _ message: String, suggestion: String? = nil, value: Bool = true) -> ConfigurationError
    {
        let position = value ? valuePosition(of: path) : position(of: path)
        return ConfigurationError(file: file, position: position, message: message, suggestion: suggestion)
    }

    // MARK: - Conversion

    /// Tables in the order of their keys; nesting is bounded by the TOML library (256).
    private static func object(_ table: TOMLTable, at path: ConfigurationPath, _ unusable: inout [(ConfigurationPath, String)])
        -> JSONObject
    {
        var object = JSONObject()
        for key in table.keys {
            guard let value = table[key] else { continue }
            object[key] = Self.value(value.tomlValue, at: path.appending(key), &unusable)
        }
        return object
    }

    private static func value(_ value: TOMLValue, at path: ConfigurationPath, _ unusable: inout [(ConfigurationPath, String)])
        -> JSONValue
    {
        switch value.type {
        case .table: return .object(value.table.map { object($0, at: path, &unusable) } ?? JSONObject())
        case .array:
            guard let array = value.array else { return [] }
            return .array((0..<array.count).map { Self.value(array[$0].tomlValue, at: path.appending($0), &unusable) })
        case .string: return .string(value.string ?? "")
        case .int: return .integer(Int64(value.int ?? 0))
        case .bool: return .bool(value.bool ?? false)
        case .double:
            let number = value.double ?? 0
            if !number.isFinite { unusable.append((path, "\(path): infinities and NaN are not used here")) }
            return .number(number)
        case .date, .time, .dateTime:
            unusable.append((path, "\(path): dates and times are not used here; write a text in quotes"))
            return .null
        }
    }

    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 })
    }
}
