// Name: what an app or a stream may be called.
//
// One validated type, made once at the edge; everything behind the edge takes `Name`, never a string, so that no later
// part has to think about separators, control characters or dot parts again. It never decodes percent forms: that is
// `RequestPath`'s work, done before a name is made.

/// The name of an app or of a stream: one path part that is safe in addresses, file names, logs and metrics.
///
/// Rules (all checked by `init(validating:)`): 1 to 255 bytes of UTF-8, no control characters (C0, DEL, C1), no line or
/// paragraph separators, no bidirectional overrides, no `/` or `\`, not `.` or `..`, and no leading `~` (a leading `~`
/// marks a viewer token in addresses; `~` elsewhere is legal).
public struct Name: Hashable, Sendable, CustomStringConvertible, Comparable {
    /// The longest name in bytes of UTF-8.
    public static let maximumLength = 255

    /// The text as given.
    public let text: String

    /// Makes a name or tells why not.
    /// - Throws: `NameError`, naming the first rule broken.
    public init(validating text: String) throws(NameError) {
        let scalars = text.unicodeScalars
        let length = text.utf8.count
        guard length > 0 else { throw .empty }
        guard length <= Name.maximumLength else { throw .tooLong(bytes: length) }
        guard text != ".", text != ".." else { throw .dotPart }
        guard scalars.first != "~" else { throw .leadingTilde }
        for scalar in scalars {
            if scalar == "/" || scalar == "\\" { throw .separator }
            if Name.isForbidden(scalar) { throw .controlCharacter(scalar.value) }
        }
        self.text = text
    }

    /// Makes a name from wire bytes; the bytes must be valid UTF-8.
    /// - Throws: `NameError`; `.invalidUTF8` when the bytes are no UTF-8.
    public init(validating bytes: some Sequence<UInt8>) throws(NameError) {
        guard let text = String(validating: Array(bytes), as: UTF8.self) else { throw .invalidUTF8 }
        try self.init(validating: text)
    }

    /// Makes a name, or nil when a rule is broken.
    public init?(_ text: String) {
        guard let name = try? Name(validating: text) else { return nil }
        self = name
    }

    public var description: String { text }

    /// Orders by Unicode scalar values, for stable listings.
    public static func < (left: Name, right: Name) -> Bool {
        left.text.unicodeScalars.lexicographicallyPrecedes(right.text.unicodeScalars)
    }

    /// Equal when the UTF-8 bytes are equal: two spellings of one letter are two names, as they are two files.
    public static func == (left: Name, right: Name) -> Bool {
        left.text.utf8.elementsEqual(right.text.utf8)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(text)  // canonically equal texts collide, which is only slower, never wrong
    }

    static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x00...0x1F, 0x7F...0x9F: true
        case 0x2028, 0x2029: true  // line and paragraph separator: break one-line logs
        case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: true  // make a name look like another
        default: false
        }
    }
}
