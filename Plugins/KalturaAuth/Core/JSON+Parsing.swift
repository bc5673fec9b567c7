extension JSON {
    /// Why a text is not JSON, and at which byte.
    public struct SyntaxError: Error, Hashable, Sendable, CustomStringConvertible {
        public var offset: Int
        public var problem: String
        public var description: String { "not JSON at byte \(offset): \(problem)" }
    }

    /// Deepest nesting that is read.
    public static let maximumDepth = 32

    public init(_ text: String) throws(SyntaxError) { try self.init(Array(text.utf8)) }

    /// Reads exactly one value of UTF-8 text.
    public init(_ bytes: [UInt8]) throws(SyntaxError) {
        var reader = JSONReader(bytes)
        reader.skipSpace()
        self = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw reader.failure("something follows the value") }
    }
}

/// Reads JSON from bytes; never beyond their end, never deeper than `JSON.maximumDepth`.
struct JSONReader {
    private let bytes: [UInt8]
    private(set) var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    func failure(_ problem: String) -> JSON.SyntaxError { JSON.SyntaxError(offset: position, problem: problem) }

    mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    mutating func value(depth: Int) throws(JSON.SyntaxError) -> JSON {
        guard depth < JSON.maximumDepth else { throw failure("nested too deeply") }
        switch next {
        case UInt8(ascii: "{"): return try members(depth: depth)
        case UInt8(ascii: "["): return try items(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw failure("the text ends")
        default: return try number()
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func word(_ word: String, _ value: JSON) throws(JSON.SyntaxError) -> JSON {
        guard bytes[position...].starts(with: word.utf8) else { throw failure("unknown word") }
        position += word.utf8.count
        return value
    }

    private mutating func members(depth: Int) throws(JSON.SyntaxError) -> JSON {
        position += 1
        var members: [JSON.Member] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .members(members) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw failure("a member's name is missing") }
            let key = try string()
            skipSpace()
            guard take(ASCII.colon) else { throw failure("a colon is missing") }
            skipSpace()
            members.append(JSON.Member(key: key, value: try value(depth: depth + 1)))
            skipSpace()
            if take(UInt8(ascii: "}")) { return .members(members) }
            guard take(UInt8(ascii: ",")) else { throw failure("a comma or a brace is missing") }
        }
    }

    private mutating func items(depth: Int) throws(JSON.SyntaxError) -> JSON {
        position += 1
        var items: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(items) }
        while true {
            skipSpace()
            items.append(try value(depth: depth + 1))
            skipSpace()
            if take(UInt8(ascii: "]")) { return .array(items) }
            guard take(UInt8(ascii: ",")) else { throw failure("a comma or a bracket is missing") }
        }
    }

    private mutating func number() throws(JSON.SyntaxError) -> JSON {
        let start = position
        while let byte = next, ASCII.isDigit(byte) || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte) { position += 1 }
        let digits = bytes[start..<position]
        let text = String(decoding: digits, as: UTF8.self)
        let first = digits.first == ASCII.minus ? digits.dropFirst().first : digits.first
        guard let first, ASCII.isDigit(first) else { throw failure("a value is missing") }
        if let whole = Int64(text) { return .integer(whole) }
        guard let value = Double(text), value.isFinite else { throw failure("not a number") }
        return .number(value)
    }

    private mutating func string() throws(JSON.SyntaxError) -> String {
        position += 1
        var content: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else { throw failure("not UTF-8") }
                return text
            case UInt8(ascii: "\\"): try escape(into: &content)
            case 0..<0x20: throw failure("a control character in a string")
            default: content.append(byte)
            }
        }
        throw failure("a string does not end")
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSON.SyntaxError) {
        guard let byte = next else { throw failure("a string does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), ASCII.slash: content.append(byte)
        case UInt8(ascii: "u"):
            var code = UInt32(try unit())
            if code & 0xFC00 == 0xD800, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
                let low = UInt32(try unit())
                guard low & 0xFC00 == 0xDC00 else { throw failure("half a surrogate pair") }
                code = 0x10000 &+ (code & 0x3FF) << 10 &+ (low & 0x3FF)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("half a surrogate pair") }
            content.append(contentsOf: String(Character(scalar)).utf8)
        default: throw failure("unknown escape")
        }
    }

    private mutating func unit() throws(JSON.SyntaxError) -> UInt16 {
        guard bytes.count - position >= 4, let pair = Hex.bytes(String(decoding: bytes[position..<position + 4], as: UTF8.self))
        else { throw failure("four hexadecimal digits are missing") }
        position += 4
        return UInt16(pair[0]) << 8 | UInt16(pair[1])
    }
}
