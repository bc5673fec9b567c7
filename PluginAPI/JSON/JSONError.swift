/// Why a text is not JSON that we take, and at which byte.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was wrong.
    public enum Reason: Sendable, Equatable {
        /// The text ends inside a value.
        case unexpectedEnd
        /// A byte that no value, separator or end can have here.
        case unexpectedByte(UInt8)
        /// A second value after the first.
        case trailingData
        /// Not UTF-8.
        case invalidUTF8
        /// A control character inside a string, which JSON wants escaped.
        case controlCharacter(UInt8)
        /// An escape that JSON does not have, or half of a surrogate pair.
        case invalidEscape
        /// A numeral outside the grammar, or too large for a `Double`.
        case invalidNumber
        /// The same key twice in one object.
        case duplicateKey(String)
        /// Arrays and objects nested deeper than `JSONLimits.depth`.
        case tooDeep(limit: Int)
        /// More bytes than `JSONLimits.bytes`.
        case tooLong(limit: Int)
        /// More values than `JSONLimits.values`.
        case tooManyValues(limit: Int)
    }

    /// What was wrong.
    public var reason: Reason
    /// The byte at which it was seen, counted from 0.
    public var offset: Int

    public init(_ reason: Reason, offset: Int) {
        self.reason = reason
        self.offset = offset
    }

    public var description: String { "JSON: \(reason) at byte \(offset)" }
}

extension JSONError.Reason: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unexpectedEnd: "the text ends inside a value"
        case .unexpectedByte(let byte): "unexpected \(Self.name(byte))"
        case .trailingData: "more text after the value"
        case .invalidUTF8: "not UTF-8"
        case .controlCharacter(let byte): "unescaped control character \(Self.name(byte))"
        case .invalidEscape: "invalid escape"
        case .invalidNumber: "invalid number"
        case .duplicateKey(let key): "key \"\(Self.printable(key))\" appears twice"
        case .tooDeep(let limit): "nested deeper than \(limit)"
        case .tooLong(let limit): "longer than \(limit) bytes"
        case .tooManyValues(let limit): "more than \(limit) values"
        }
    }

    private static func name(_ byte: UInt8) -> String {
        if (0x21...0x7E).contains(byte) { return "'\(Character(UnicodeScalar(byte)))'" }
        let digits = String(byte, radix: 16, uppercase: true)
        return "byte 0x" + (digits.utf8.count < 2 ? "0" : "") + digits
    }

    /// A peer's text made fit for one log line.
    private static func printable(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.prefix(64).map { $0.value < 0x20 || $0.value == 0x7F ? "?" : $0 }))
    }
}
