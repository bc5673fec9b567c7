/// One whole RTMP message, put together from its chunks.
public struct RTMPMessage: Sendable, Equatable {
    /// Chunk stream it came on or goes out on (RTMP 1.0 §5.3.1.1).
    public var chunkStream: UInt32
    /// Message type id, see `RTMPMessageType`.
    public var type: UInt8
    /// Message stream id; 0 is the connection itself.
    public var streamID: UInt32
    /// Absolute time in milliseconds as on the wire, modulo 2^32.
    public var timestamp: UInt32
    /// The body, without any header.
    public var body: [UInt8]

    public init(chunkStream: UInt32, type: UInt8, streamID: UInt32, timestamp: UInt32, body: [UInt8]) {
        self.chunkStream = chunkStream
        self.type = type
        self.streamID = streamID
        self.timestamp = timestamp
        self.body = body
    }
}
