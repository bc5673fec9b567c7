/// What one message may make the decoder build; what a reference stands for counts each time it is used.
public struct AMFLimits: Sendable, Equatable {
    /// Nesting: a plain value has depth 1, an element of an array at the top 2.
    public var depth: Int
    /// Values in all, at every level; names of AMF3 traits count too.
    public var values: Int
    /// Bytes of text, names and byte arrays in all.
    public var bytes: Int

    /// Depth 32, 4,096 values, 4 MiB of text.
    public static let standard = AMFLimits()

    /// Each with its default.
    public init(depth: Int = 32, values: Int = 4096, bytes: Int = 4 << 20) {
        self.depth = depth
        self.values = values
        self.bytes = bytes
    }
}
