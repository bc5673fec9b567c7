/// What a document may be; beyond, it is refused.
public struct XMLLimits: Sendable, Equatable {
    /// Bytes of the document. Default 1 MiB.
    public var bytes = 1 << 20
    /// Elements inside each other. Default 64.
    public var depth = 64
    /// Elements in all. Default 20 000.
    public var elements = 20_000
    /// Attributes of one element. Default 64.
    public var attributes = 64

    /// The defaults.
    public init() {}
}
