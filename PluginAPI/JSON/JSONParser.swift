/// Reads one JSON text (RFC 8259) into a `JSONValue`.
///
/// Strict: UTF-8 only, no comments, no trailing commas, no repeated keys, no lone surrogates. Bounded by `JSONLimits`.
/// Never traps, whatever the bytes.
struct JSONParser {
    let bytes: UnsafeRawBufferPointer
    let limits: JSONLimits
    private var position = 0
    private var valuesLeft: Int

    init(bytes: UnsafeRawBufferPointer, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
        self.valuesLeft = limits.values
    }

    mutating func parse() throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.bytes else { throw JSONError(.tooLong(limit: limits.bytes), offset: limits.bytes) }
        let value = try value(depth: 0)
        skipWhitespace()
        guard position == bytes.count else { throw fail(.trailingData) }
        return value
    }

    // MARK: - Bytes

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private func fail(_ reason: JSONError.Reason, at offset: Int? = nil) -> JSONError {
        JSONError(reason, offset: offset ?? position)
    }

    private func unexpected() -> JSONError {
        current.map { fail(.unexpectedByte($0)) } ?? fail(.unexpectedEnd)
    }

    private mutating func skipWhitespace() {
        while let byte = current, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
    }

    /// Steps over `byte` when it is next.
    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard take(byte) else { throw unexpected() }
    }

    // MARK: - Values

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        skipWhitespace()
        guard let byte = current else { throw fail(.unexpectedEnd) }
        guard valuesLeft > 0 else { throw fail(.tooManyValues(limit: limits.values)) }
        valuesLeft -= 1
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw unexpected()
        }
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
        for offset in 0..<text.utf8CodeUnitCount { try expect(text.utf8Start[offset]) }
        return value
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= limits.depth else { throw fail(.tooDeep(limit: limits.depth)) }
        position += 1
        skipWhitespace()
        if take(UInt8(ascii: "]")) { return .array([]) }
        var elements: [JSONValue] = []
        while true {
            elements.append(try value(depth: depth))
            skipWhitespace()
            if take(UInt8(ascii: "]")) { return .array(elements) }
            try expect(UInt8(ascii: ","))
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= limits.depth else { throw fail(.tooDeep(limit: limits.depth)) }
        position += 1
        skipWhitespace()
        var object = JSONObject()
        if take(UInt8(ascii: "}")) { return .object(object) }
        while true {
            skipWhitespace()
            let start = position
            guard current == UInt8(ascii: "\"") else { throw unexpected() }
            let key = try string()
            guard object[key] == nil else { throw fail(.duplicateKey(key), at: start) }
            skipWhitespace()
            try expect(UInt8(ascii: ":"))
            object[key] = try value(depth: depth)
            skipWhitespace()
            if take(UInt8(ascii: "}")) { return .object(object) }
            try expect(UInt8(ascii: ","))
        }
    }

    // MARK: - Numbers

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try digits() }
        var integral = true
        if take(UInt8(ascii: ".")) {
            integral = false
            try digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            integral = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        // "-0" is the one integer that Int64 would change.
        if integral, text != "-0", let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else { throw fail(.invalidNumber, at: start) }
        return .number(value)
    }

    /// At least one digit.
    private mutating func digits() throws(JSONError) {
        let start = position
        while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
        guard position > start else {
            throw current == nil ? fail(.unexpectedEnd) : fail(.invalidNumber)
        }
    }

    // MARK: - Strings

    /// `position` is on the opening quote.
    private mutating func string() throws(JSONError) -> String {
        position += 1
        let start = position
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        guard current == UInt8(ascii: "\\") else {
            let text = try text(Array(bytes[start..<position]), at: start)
            try endString()
            return text
        }
        var content = Array(bytes[start..<position])
        while let byte = current, byte != UInt8(ascii: "\""), byte >= 0x20 {
            if byte == UInt8(ascii: "\\") {
                try escape(into: &content)
            } else {
                content.append(byte)
                position += 1
            }
        }
        try endString()
        return try text(content, at: start)
    }

    private mutating func endString() throws(JSONError) {
        guard let byte = current else { throw fail(.unexpectedEnd) }
        guard byte == UInt8(ascii: "\"") else { throw fail(.controlCharacter(byte)) }
        position += 1
    }

    private func text(_ content: [UInt8], at start: Int) throws(JSONError) -> String {
        guard let text = String(validating: content, as: UTF8.self) else { throw fail(.invalidUTF8, at: start) }
        return text
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
        let start = position
        position += 1
        guard let byte = current else { throw fail(.unexpectedEnd) }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"): content.append(contentsOf: Array(String(try unicodeEscape(from: start)).utf8))
        default: throw fail(.invalidEscape, at: start)
        }
    }

    /// The scalar of `\uXXXX`, or of the two that make a surrogate pair; `position` is behind the `u`.
    private mutating func unicodeEscape(from start: Int) throws(JSONError) -> Character {
        let first = try hexQuad(from: start)
        guard (0xD800...0xDBFF).contains(first) else {
            guard let scalar = UnicodeScalar(first) else { throw fail(.invalidEscape, at: start) }
            return Character(scalar)
        }
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw fail(.invalidEscape, at: start) }
        let second = try hexQuad(from: start)
        guard (0xDC00...0xDFFF).contains(second),
            let scalar = UnicodeScalar(0x10000 + ((first & 0x3FF) << 10) + (second & 0x3FF))
        else { throw fail(.invalidEscape, at: start) }
        return Character(scalar)
    }

    private mutating func hexQuad(from start: Int) throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current else { throw fail(.unexpectedEnd) }
            guard let digit = Character(UnicodeScalar(byte)).hexDigitValue, byte < 0x80 else {
                throw fail(.invalidEscape, at: start)
            }
            value = (value << 4) | UInt32(truncatingIfNeeded: digit)
            position += 1
        }
        return value
    }
}

extension JSONValue {
    /// Reads one JSON text; nothing but white space may follow it.
    public init(parsing text: String, limits: JSONLimits = .standard) throws(JSONError) {
        try self.init(parsing: Array(text.utf8), limits: limits)
    }

    /// Reads one JSON text from UTF-8 bytes.
    public init(parsing bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
        let result: Result<JSONValue, JSONError> = bytes.withUnsafeBytes { buffer in
            Result { () throws(JSONError) in try JSONValue(parsing: buffer, limits: limits) }
        }
        self = try result.get()
    }

    /// Reads one JSON text from borrowed UTF-8 bytes; nothing of them is kept.
    public init(parsing bytes: UnsafeRawBufferPointer, limits: JSONLimits = .standard) throws(JSONError) {
        var parser = JSONParser(bytes: bytes, limits: limits)
        self = try parser.parse()
    }
}
