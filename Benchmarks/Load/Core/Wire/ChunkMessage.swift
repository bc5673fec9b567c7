/// One RTMP message (RTMP 1.0 §5.3, §6).
public struct ChunkMessage: Equatable, Sendable {
    public var type: UInt8
    /// Milliseconds.
    public var timestamp: UInt32
    public var streamID: UInt32
    public var payload: [UInt8]

    public init(type: UInt8, timestamp: UInt32 = 0, streamID: UInt32 = 0, payload: [UInt8]) {
        self.type = type
        self.timestamp = timestamp
        self.streamID = streamID
        self.payload = payload
    }
}
