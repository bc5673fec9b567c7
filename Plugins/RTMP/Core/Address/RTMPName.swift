/// The one place where a name of a peer becomes a name: an app, or a stream within it.
///
/// One path part of 1…255 bytes of UTF-8, without control characters, and not `.` or `..`. Credentials are never
/// part of it.
public struct RTMPName: Hashable, Sendable, CustomStringConvertible {
    /// Longest name in bytes of UTF-8.
    public static let longest = 255

    public let text: String
    public var description: String { text }

    /// - Throws: the rule that `text` breaks.
    public init(_ text: some StringProtocol) throws(RTMPNameFault) {
        let text = String(text)
        if text.isEmpty { throw .missing }
        if text.utf8.count > Self.longest { throw .tooLong(limit: Self.longest) }
        try Self.check(text)
        if text.utf8.contains(UInt8(ascii: "/")) { throw .severalParts }
        if text == "." || text == ".." { throw .dotPart }
        self.text = text
    }

    /// Refuses control characters, line separators and what is left of broken UTF-8.
    static func check(_ text: some StringProtocol) throws(RTMPNameFault) {
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0..<0x20, 0x7F..<0xA0, 0x2028, 0x2029: throw .controlCharacter
            case 0xFFFD: throw .notUTF8
            default: continue
            }
        }
    }
}
