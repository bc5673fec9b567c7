import SluiceJSON

/// The part of TOML that manifests are written in: tables, arrays of tables, strings, integers, numbers, booleans, arrays, inline
/// tables. No dates, no multi-line strings: a line with one is an error that says so.
struct ManifestText {
    private(set) var root = JSONObject()

    private let file: String
    private let bytes: [UInt8]
    private var at = 0

    init(_ text: String, file: String) throws(ConformanceError) {
        self.file = file
        bytes = Array(text.utf8)
        var table: [String] = []
        while true {
            skip(lines: true)
            guard let next = peek else { break }
            if next == UInt8(ascii: "[") {
                table = try readHeader()
            } else {
                let path = try readKeys()
                try expect("=")
                let value = try readValue(depth: 0)
                set(value, at: table + path)
            }
            try endLine()
        }
    }

    // MARK: Where values go

    /// `[[name]]`: the last element of the array is meant. A value below something that is no table replaces it.
    private mutating func set(_ value: JSONValue, at path: [String]) {
        root = Self.setting(value, at: path[...], in: .object(root)).objectValue ?? root
    }

    private static func setting(_ value: JSONValue, at path: ArraySlice<String>, in place: JSONValue?) -> JSONValue {
        guard let first = path.first else { return value }
        if let list = place?.arrayValue, let last = list.last {
            return .array(list.dropLast() + [setting(value, at: path, in: last)])
        }
        var object = place?.objectValue ?? JSONObject()
        object[first] = setting(value, at: path.dropFirst(), in: object[first])
        return .object(object)
    }

    private mutating func readHeader() throws(ConformanceError) -> [String] {
        at += 1
        let isList = peek == UInt8(ascii: "[")
        if isList { at += 1 }
        let path = try readKeys()
        try expect("]")
        if isList {
            try expect("]")
            var place: JSONValue? = .object(root)
            for key in path { place = place?[key] }
            set(.array((place?.arrayValue ?? []) + [.object(JSONObject())]), at: path)
        }
        return path
    }

    // MARK: Keys and values

    private mutating func readKeys() throws(ConformanceError) -> [String] {
        var keys: [String] = []
        repeat {
            if !keys.isEmpty { at += 1 }
            skip(lines: false)
            if peek == UInt8(ascii: "\"") || peek == UInt8(ascii: "'") {
                keys.append(try readString())
            } else {
                let word = readWord()
                if word.isEmpty { throw error("a key is wanted") }
                keys.append(word)
            }
            skip(lines: false)
        } while peek == UInt8(ascii: ".")
        return keys
    }

    private mutating func readWord() -> String {
        let start = at
        while let byte = peek, Self.isWord(byte) { at += 1 }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x5F
            || byte == 0x2D
    }

    private mutating func readValue(depth: Int) throws(ConformanceError) -> JSONValue {
        skip(lines: false)
        guard depth < 16 else { throw error("too deep") }
        switch peek {
        case UInt8(ascii: "\""), UInt8(ascii: "'"): return .string(try readString())
        case UInt8(ascii: "["): return try readArray(depth: depth)
        case UInt8(ascii: "{"): return try readInlineTable(depth: depth)
        default: return try readScalar()
        }
    }

    private mutating func readScalar() throws(ConformanceError) -> JSONValue {
        let start = at
        while let byte = peek, Self.isWord(byte) || byte == 0x2B || byte == 0x2E { at += 1 }
        let word = String(decoding: bytes[start..<at], as: UTF8.self)
        if word == "true" || word == "false" { return .bool(word == "true") }
        let digits = word.filter { $0 != "_" }
        if let integer = Int64(digits) { return .integer(integer) }
        if let number = Double(digits), number.isFinite { return .number(number) }
        throw error("'\(word)' is no value of a manifest: a text, number, boolean, array or table is wanted")
    }

    private mutating func readArray(depth: Int) throws(ConformanceError) -> JSONValue {
        at += 1
        var list: [JSONValue] = []
        while true {
            skip(lines: true)
            if peek == UInt8(ascii: "]") { break }
            list.append(try readValue(depth: depth + 1))
            skip(lines: true)
            if peek == UInt8(ascii: ",") { at += 1 } else { break }
        }
        try expect("]")
        return .array(list)
    }

    private mutating func readInlineTable(depth: Int) throws(ConformanceError) -> JSONValue {
        at += 1
        var object = JSONValue.object(JSONObject())
        while true {
            skip(lines: true)
            if peek == UInt8(ascii: "}") { break }
            let path = try readKeys()
            try expect("=")
            let value = try readValue(depth: depth + 1)
            object = Self.setting(value, at: path[...], in: object)
            skip(lines: true)
            if peek == UInt8(ascii: ",") { at += 1 } else { break }
        }
        try expect("}")
        return object
    }

    private mutating func readString() throws(ConformanceError) -> String {
        let quote = bytes[at]
        at += 1
        if peek == quote, at + 1 < bytes.count, bytes[at + 1] == quote { throw error("texts of many lines are not read here") }
        var out: [UInt8] = []
        while let byte = peek, byte != quote {
            at += 1
            guard byte >= 32 || byte == 9 else { throw error("a text does not end on its line") }
            if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                out += Array(try readEscape().utf8)
            } else {
                out.append(byte)
            }
        }
        guard peek == quote else { throw error("a text does not end") }
        at += 1
        return String(decoding: out, as: UTF8.self)
    }

    private mutating func readEscape() throws(ConformanceError) -> String {
        guard let byte = peek else { throw error("a text does not end") }
        at += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return String(UnicodeScalar(byte))
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let count = byte == UInt8(ascii: "u") ? 4 : 8
            let digits = String(decoding: bytes[at..<min(at + count, bytes.count)], as: UTF8.self)
            guard let number = UInt32(digits, radix: 16), let scalar = UnicodeScalar(number) else {
                throw error("no such character")
            }
            at += count
            return String(Character(scalar))
        default: throw error("\\\(UnicodeScalar(byte)) is no escape")
        }
    }

    // MARK: Bytes

    private var peek: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func skip(lines: Bool) {
        while let byte = peek {
            if byte == UInt8(ascii: "#") {
                while let inside = peek, inside != 10 { at += 1 }
            } else if byte == 32 || byte == 9 || byte == 13 || (lines && byte == 10) {
                at += 1
            } else {
                return
            }
        }
    }

    private mutating func expect(_ wanted: Unicode.Scalar) throws(ConformanceError) {
        skip(lines: false)
        guard peek == UInt8(ascii: wanted) else { throw error("'\(wanted)' is wanted") }
        at += 1
    }

    private mutating func endLine() throws(ConformanceError) {
        skip(lines: false)
        if let byte = peek, byte != 10 { throw error("nothing more is wanted on this line") }
    }

    private func error(_ text: String) -> ConformanceError {
        .manifest(file: file, line: 1 + bytes.prefix(at).reduce(0) { $0 + ($1 == 10 ? 1 : 0) }, text: text)
    }
}
