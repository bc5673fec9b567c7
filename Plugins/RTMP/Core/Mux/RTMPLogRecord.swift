/// What a log has to know of a record beside its bytes.
public struct RTMPLogRecord: Sendable, Equatable {
    /// A player may begin here, after the prefix.
    public var isJoin: Bool
    /// A video frame: what low-latency players wait for.
    public var isVideo: Bool
    /// The prefix of this join point and of those after it; nil where the last one still holds.
    public var prefix: [UInt8]?
}
