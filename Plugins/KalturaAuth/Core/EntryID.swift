/// The id of one live channel: `1*DIGIT "_" 8(ALPHA / DIGIT / "_")` (SPEC §2.2), for example `0_ab12cd34`.
///
/// A value of this type is always well-formed, hence safe in names, listings and log lines.
public struct EntryID: Hashable, Sendable, CustomStringConvertible {
    /// The id as written; 10 to 29 ASCII characters.
    public let text: String

    /// Most digits that are accepted before the underscore; the reference knows one.
    public static let maximumDigits = 20

    /// Characters after the underscore.
    public static let nameLength = 8

    /// Takes `text` when it is exactly one entry id.
    public init?(_ text: some StringProtocol) {
        let bytes = Array(text.utf8)
        guard let length = Self.prefixLength(of: bytes[...]), length == bytes.count else { return nil }
        self.text = String(text)
    }

    /// How many of the first bytes make an entry id; nil when they do not begin with one.
    static func prefixLength(of bytes: ArraySlice<UInt8>) -> Int? {
        let digits = bytes.prefix(maximumDigits + 1).prefix(while: ASCII.isDigit).count
        guard digits >= 1, digits <= maximumDigits else { return nil }
        let rest = bytes.dropFirst(digits)
        guard rest.first == ASCII.underscore else { return nil }
        let name = rest.dropFirst().prefix(nameLength)
        guard name.count == nameLength, name.allSatisfy(isNameCharacter) else { return nil }
        return digits + 1 + nameLength
    }

    static func isNameCharacter(_ byte: UInt8) -> Bool {
        ASCII.isDigit(byte) || ASCII.isLetter(byte) || byte == ASCII.underscore
    }

    public var description: String { text }
}
