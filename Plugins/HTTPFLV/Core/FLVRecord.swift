/// What a log has to know of a record beside its bytes.
public struct FLVRecord: Sendable, Equatable {
    /// A player may begin here, after the prefix: a video key frame; without video one audio frame per second.
    public var isJoin: Bool
    /// A video frame: what low-latency players wait for.
    public var isVideo: Bool
    /// Milliseconds of the record's tag, as written (modulo 2^32).
    public var timestamp: UInt32
}
