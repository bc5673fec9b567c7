/// What one chunk stream remembers between chunks.
struct RTMPChunkStream: Sendable {
    let id: UInt32
    var timestamp: UInt32 = 0
    /// Timestamp field of the last header: absolute after format 0, else a delta.
    var field: UInt32 = 0
    var extended = false
    var length = 0
    var type: UInt8 = 0
    var streamID: UInt32 = 0
    /// True from the first chunk of a message to its last.
    var inMessage = false
    var body: [UInt8] = []
    /// Length of the longest message that came whole: an announced length is believed up to that, so that steady media takes one
    /// allocation a message.
    var trusted = 0
    static let mostTrusted = 128 << 10

    init(id: UInt32) { self.id = id }

    /// Begins a message. Format 3 repeats the last header; after format 0 the delta is that header's timestamp
    /// (RTMP 1.0 §5.3.1.2.4; ffmpeg writes so).
    mutating func start(_ header: RTMPChunkHeader) {
        if header.format <= 2 {
            field = header.timestamp
            extended = header.extended
        }
        if header.format <= 1 {
            length = header.length
            type = header.type
        }
        if header.format == 0 {
            streamID = header.streamID
            timestamp = field
        } else {
            timestamp &+= field
        }
        inMessage = true
    }

    /// Makes room for a message of which `arrived` bytes are there.
    mutating func reserve(arrived: Int) {
        body.reserveCapacity(min(length, max(arrived, trusted, 512)))
    }

    /// The message, leaving the stream ready for the next one.
    mutating func take() -> RTMPMessage {
        var body: [UInt8] = []
        swap(&body, &self.body)
        inMessage = false
        if body.count > trusted { trusted = min(body.count, Self.mostTrusted) }
        return RTMPMessage(chunkStream: id, type: type, streamID: streamID, timestamp: timestamp, body: body)
    }
}
