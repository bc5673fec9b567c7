/// A partner's secret, or several with commas between: the first signs, any may verify (SPEC §7.5). Never shown in any text.
public struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    /// White space around it (a file's last line end) is not part of it.
    public init(_ text: String) {
        let bytes = Array(text.utf8)
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || (0x09...0x0D).contains($0) }
        let trimmed = bytes.drop(while: isSpace).reversed().drop(while: isSpace).reversed()
        self.text = String(decoding: Array(trimmed), as: UTF8.self)
    }

    public var isEmpty: Bool { candidates.isEmpty }

    /// What signs; empty when there is none.
    var signing: [UInt8] { candidates.first ?? [] }

    /// All that may verify.
    var candidates: [[UInt8]] { text.utf8.split(separator: UInt8(ascii: ",")).map { Array($0) } }

    public var description: String { "…" }
    public var debugDescription: String { "…" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
