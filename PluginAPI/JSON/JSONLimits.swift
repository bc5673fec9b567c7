/// What bounds one JSON text from a peer or a file.
public struct JSONLimits: Sendable, Equatable {
    /// Nesting of arrays and objects; default 64, never more than 256 whatever is set (the reader recurses).
    public var depth: Int
    /// Length of the text in bytes; default 8 MiB.
    public var bytes: Int
    /// Values in all, keys not counted; default 1,000,000.
    public var values: Int

    public init(depth: Int = 64, bytes: Int = 8 << 20, values: Int = 1_000_000) {
        self.depth = min(max(depth, 0), 256)
        self.bytes = max(bytes, 0)
        self.values = max(values, 0)
    }

    /// The defaults.
    public static let standard = JSONLimits()
}
