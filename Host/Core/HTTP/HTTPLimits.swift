import NIOCore

/// What bounds a peer of an HTTP listener; every value has the documented default and is printed by `sluice check`.
public struct HTTPLimits: Sendable, Equatable {
    /// A request head must be complete within this time of its first byte, the first head within it of the accept; 10 s.
    public var headTime = TimeAmount.seconds(10)
    /// A request body must be complete within this time of its head; 30 s.
    public var bodyTime = TimeAmount.seconds(30)
    /// A kept-alive connection is closed after this time without a request; 30 s.
    public var idleTime = TimeAmount.seconds(30)
    /// A handler must answer (or park) within this time, else 503; 60 s.
    public var handlerTime = TimeAmount.seconds(60)
    /// A response must move at least one byte in this time; 10 s.
    public var progressTime = TimeAmount.seconds(10)
    /// All header lines together in bytes; 16 KiB, beyond: 431.
    public var headBytes = 16 * 1024
    /// One header line in bytes; 8 KiB, beyond: 431.
    public var headerBytes = 8 * 1024
    /// Header lines; 100, beyond: 431.
    public var headerCount = 100
    /// A request body in bytes; 1 MiB, beyond: 413.
    public var bodyBytes = 1024 * 1024
    /// Request bodies being collected on the listener in bytes; 64 MiB, beyond: 413.
    public var bodyBytesInAll = 64 * 1024 * 1024
    /// Requests that may wait behind the one being answered on a connection; 64, beyond: close after those.
    public var pipelinedRequests = 64
    /// Bytes written by a streaming handler and not yet taken by the peer; 4 MiB, beyond: close.
    public var pendingBytes = 4 * 1024 * 1024

    /// The defaults.
    public init() {}
}
