/// What the host holds for a connection that does not read, and for how long.
public struct OutboundLimits: Sendable, Equatable {
    /// Bytes sent and not yet taken by the system, beyond which the connection closes.
    public var bufferedBytes = 4 << 20
    /// SO_SNDBUF: caps what the kernel hides of a slow reader's lag.
    public var sendBuffer = 128 << 10
    /// Time that a close after flush may take in all.
    public var closeMilliseconds = 5_000

    /// The defaults.
    public init() {}
}
