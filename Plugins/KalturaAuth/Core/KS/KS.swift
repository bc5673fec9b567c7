/// A signed session string (SPEC §7) as it travels with calls. Whoever holds it may act for its partner: no text ever shows it.
public struct KS: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    /// Longest text that is read.
    public static let maximumLength = 4096

    public init(_ text: String) { self.text = text }

    /// Hands the string itself to a call; never for text that anybody reads.
    public func withText<Result>(_ body: (String) -> Result) -> Result { body(text) }

    public static func == (left: KS, right: KS) -> Bool { ConstantTime.equal(Array(left.text.utf8), Array(right.text.utf8)) }

    public func hash(into hasher: inout Hasher) { hasher.combine(text) }

    public var description: String { "KS …" }
    public var debugDescription: String { "KS …" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
