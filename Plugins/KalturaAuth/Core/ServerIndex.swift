/// Which of an entry's two inputs an encoder feeds (SPEC §1, §9.1).
public enum ServerIndex: UInt8, Hashable, Sendable, CaseIterable {
    case primary = 0
    case backup = 1

    /// What is appended to stream and group names of this input: nothing, or `~b`.
    public var nameSuffix: String { self == .primary ? "" : "~b" }
}
