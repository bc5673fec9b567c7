import Formats

/// An entry's token as a publisher presented it: opaque bytes that never appear in any text.
///
/// Every way to print it gives the mask: the first two characters and `…` (SPEC §2.3 rule 6).
public struct Token: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// SHA-256 of the token; what caches are keyed by and comparisons are made on.
    public let digest: [UInt8]

    /// The first two characters and `…`; a token of under four characters shows none.
    public let masked: String

    private let text: String

    public init(_ text: String) {
        self.text = text
        digest = SHA256.digest(Array(text.utf8))
        masked = Self.mask(text)
    }

    /// Hands the token itself to a call that must send it on (the API of a back end); never for text.
    public func withText<Result>(_ body: (String) -> Result) -> Result { body(text) }

    /// Whether this token's digest is `digest`, in constant time.
    public func matches(digest other: [UInt8]) -> Bool { ConstantTime.equal(digest, other) }

    /// What may be shown of any secret: `a1…`.
    public static func mask(_ text: some StringProtocol) -> String {
        let bytes = text.utf8.prefix(4)
        guard bytes.count == 4, bytes.prefix(2).allSatisfy(ASCII.isPrintable) else { return "…" }
        return String(decoding: bytes.prefix(2), as: UTF8.self) + "…"
    }

    public static func == (left: Token, right: Token) -> Bool { left.matches(digest: right.digest) }

    public func hash(into hasher: inout Hasher) { hasher.combine(digest) }

    public var description: String { masked }
    public var debugDescription: String { masked }
    public var customMirror: Mirror { Mirror(self, children: ["masked": masked]) }
}
