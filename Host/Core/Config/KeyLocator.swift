/// Finds where each key and each value of a TOML text stands, since the TOML library tells places for syntax errors only.
///
/// It runs after the library has accepted the text, so it refuses nothing: at something it does not understand it stops, and
/// what it has not seen has no place of its own (its table's place is used then). Never traps, recursion is bounded.
struct KeyLocator {
    /// The places of one key and its value; for a table header both are the key's.
    struct Place: Sendable, Equatable {
        var key: SourcePosition
        var value: SourcePosition
    }

    private(set) var places: [ConfigurationPath: Place] = [:]
    /// Strings with an escaped NUL, which the library would cut short.
    private(set) var escapedNULs: [SourcePosition] = []

    private let text: [Unicode.Scalar]
    private var index = 0
    private var here = SourcePosition(line: 1, column: 1)
    private var table = ConfigurationPath()
    private var arrayTables: [ConfigurationPath: Int] = [:]
    private static let depthLimit = 256

    init(_ source: String) {
        text = Array(source.unicodeScalars)
        while index < text.count {
            let start = index
            skipBlank(newlines: true)
            if current == "[" { header() } else if current != nil { assignment(in: table, depth: 0) }
            guard index > start else { break }
        }
    }

    // MARK: - Characters

    private var current: Unicode.Scalar? { index < text.count ? text[index] : nil }

    private mutating func advance() {
        guard index < text.count else { return }
        here =
            text[index] == "\n"
            ? SourcePosition(line: here.line + 1, column: 1) : SourcePosition(line: here.line, column: here.column + 1)
        index += 1
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        advance()
        return true
    }

    private func sees(_ scalar: Unicode.Scalar, times: Int) -> Bool {
        index + times <= text.count && text[index..<index + times].allSatisfy { $0 == scalar }
    }

    /// White space and comments.
    private mutating func skipBlank(newlines: Bool) {
        while let scalar = current {
            switch scalar {
            case " ", "\t", "\r": advance()
            case "\n" where newlines: advance()
            case "#" where newlines: while let scalar = current, scalar != "\n" { _ = scalar; advance() }
            default: return
            }
        }
    }

    // MARK: - Structure

    private mutating func header() {
        advance()
        let isArray = take("[")
        let keys = dottedKey()
        var path = ConfigurationPath()
        for (position, key) in keys.enumerated() {
            path = path.appending(key.name)
            if places[path] == nil { places[path] = Place(key: key.place, value: key.place) }
            if isArray, position == keys.count - 1 {
                let count = arrayTables[path, default: 0]
                arrayTables[path] = count + 1
                path = path.appending(count)
                places[path] = Place(key: key.place, value: key.place)
            } else if let count = arrayTables[path] {
                path = path.appending(count - 1)
            }
        }
        table = path
        _ = take("]")
        if isArray { _ = take("]") }
    }

    private mutating func assignment(in table: ConfigurationPath, depth: Int) {
        let keys = dottedKey()
        guard !keys.isEmpty, take("=") else { return }
        skipBlank(newlines: false)
        var path = table
        for key in keys {
            path = path.appending(key.name)
            if places[path] == nil { places[path] = Place(key: key.place, value: here) }
        }
        value(at: path, depth: depth)
    }

    /// `a . "b c" . d`, with the place of each part; white space behind it is taken too.
    private mutating func dottedKey() -> [(name: String, place: SourcePosition)] {
        var keys: [(name: String, place: SourcePosition)] = []
        repeat {
            skipBlank(newlines: false)
            let place = here
            var name = ""
            switch current {
            case "\"", "'": name = string()
            default:
                while let scalar = current, scalar.isASCII,
                    ConfigurationPath.isBareKeyByte(UInt8(truncatingIfNeeded: scalar.value))
                {
                    name.unicodeScalars.append(scalar)
                    advance()
                }
                guard !name.isEmpty else { return keys }
            }
            keys.append((name, place))
            skipBlank(newlines: false)
        } while take(".")
        return keys
    }

    // MARK: - Values

    private mutating func value(at path: ConfigurationPath, depth: Int) {
        guard depth < Self.depthLimit else {
            index = text.count  // deeper than the library reads: stop altogether
            return
        }
        switch current {
        case "\"", "'": _ = string()
        case "[": array(at: path, depth: depth)
        case "{": inlineTable(at: path, depth: depth)
        default: while let scalar = current, !",]}#\n".unicodeScalars.contains(scalar) { advance() }
        }
    }

    private mutating func array(at path: ConfigurationPath, depth: Int) {
        advance()
        var position = 0
        while true {
            skipBlank(newlines: true)
            guard current != nil, !take("]") else { return }
            let element = path.appending(position)
            places[element] = Place(key: here, value: here)
            let start = index
            value(at: element, depth: depth + 1)
            skipBlank(newlines: true)
            guard take(",") || index > start else { return }
            position += 1
        }
    }

    private mutating func inlineTable(at path: ConfigurationPath, depth: Int) {
        advance()
        while true {
            skipBlank(newlines: true)
            guard current != nil, !take("}") else { return }
            let start = index
            assignment(in: path, depth: depth + 1)
            skipBlank(newlines: true)
            guard take(",") || index > start else { return }
        }
    }

    /// Any of the four kinds of strings; `current` is on its quote.
    private mutating func string() -> String {
        guard let quote = current else { return "" }
        let fence = sees(quote, times: 3) ? 3 : 1
        let start = here
        for _ in 0..<fence { advance() }
        var content = String.UnicodeScalarView()
        while let scalar = current, !sees(quote, times: fence) {
            advance()
            guard scalar == "\\", quote == "\"" else {
                content.append(scalar)
                continue
            }
            guard let escaped = escape() else { continue }
            if escaped.value == 0 { escapedNULs.append(start) }
            content.append(escaped)
        }
        for _ in 0..<fence { advance() }
        while fence == 3, current == quote { advance() }  // up to two quotes may stand before the closing three
        return String(content)
    }

    /// What follows a backslash; nil for a line continuation.
    private mutating func escape() -> Unicode.Scalar? {
        guard let scalar = current else { return nil }
        advance()
        switch scalar {
        case "b": return "\u{8}"
        case "t": return "\t"
        case "n": return "\n"
        case "f": return "\u{C}"
        case "r": return "\r"
        case "u", "U":
            var value: UInt32 = 0
            for _ in 0..<(scalar == "u" ? 4 : 8) {
                guard let digit = current.flatMap({ Character($0).hexDigitValue }) else { return nil }
                value = (value << 4) | UInt32(truncatingIfNeeded: digit)
                advance()
            }
            return Unicode.Scalar(value)
        case "\"", "\\": return scalar
        default: return nil
        }
    }
}
