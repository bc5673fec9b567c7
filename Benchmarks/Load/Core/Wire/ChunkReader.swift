/// Puts RTMP messages together out of chunks (RTMP 1.0 §5.3.1). Follows Set Chunk Size and Abort by itself.
public struct ChunkReader {
    private struct ChunkStream {
        var id: UInt32
        var timestamp: UInt32 = 0
        var delta: UInt32 = 0
        var length = 0
        var type: UInt8 = 0
        var streamID: UInt32 = 0
        var isExtended = false
        var payload: [UInt8] = []
        var isOpen = false
    }

    private struct Header {
        var format: UInt8
        var id: UInt32
        var time: UInt32?
        var length: Int?
        var type: UInt8?
        var streamID: UInt32?
        var isExtended: Bool
    }

    private static let mostChunkStreams = 16
    private var input = InputBuffer()
    private var streams: [ChunkStream] = []
    private var chunkSize = 128
    /// The chunk whose body is being read: index into `streams`, bytes still to come.
    private var body: (stream: Int, left: Int)?

    public init() {}

    /// Gives bytes as they came from the peer.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) { input.append(bytes) }

    /// The next whole message; nil until more bytes come.
    public mutating func next() throws(WireFault) -> ChunkMessage? {
        while true {
            if body == nil, try !beginChunk() { return nil }
            guard let (index, left) = body else { return nil }
            let piece = input.takeUp(to: left)
            streams[index].payload += piece
            guard piece.count == left else {
                body = (index, left - piece.count)
                return nil
            }
            body = nil
            guard streams[index].payload.count == streams[index].length else { continue }
            let message = finish(index)
            control(message)
            return message
        }
    }

    private mutating func finish(_ index: Int) -> ChunkMessage {
        let stream = streams[index]
        streams[index].payload = []
        streams[index].isOpen = false
        return ChunkMessage(
            type: stream.type, timestamp: stream.timestamp, streamID: stream.streamID, payload: stream.payload)
    }

    private mutating func control(_ message: ChunkMessage) {
        let value = message.payload.withUnsafeBytes { bytes in
            var reader = ByteReader(bytes)
            return reader.u32()
        }
        guard let value else { return }
        if message.type == 1, value & 0x7fff_ffff > 0 { chunkSize = Int(value & 0x7fff_ffff) }
        if message.type == 2, let i = streams.firstIndex(where: { $0.id == value }) {
            streams[i].payload = []
            streams[i].isOpen = false
        }
    }

    /// Reads a chunk's header; false when it is not all there.
    private mutating func beginChunk() throws(WireFault) -> Bool {
        let known = streams
        guard let header = input.read({ Self.header(&$0, known) }) else { return false }
        let index = try place(header)
        if streams[index].isOpen {
            guard header.format == 3 else { throw .chunkInterrupted(chunkStream: header.id) }
        } else {
            open(index, header)
        }
        body = (index, min(streams[index].length - streams[index].payload.count, chunkSize))
        return true
    }

    private mutating func place(_ header: Header) throws(WireFault) -> Int {
        if let index = streams.firstIndex(where: { $0.id == header.id }) { return index }
        guard header.format < 2 else { throw .chunkWithoutHeader(chunkStream: header.id) }
        guard streams.count < Self.mostChunkStreams else { throw .tooManyChunkStreams }
        streams.append(ChunkStream(id: header.id))
        return streams.count - 1
    }

    private mutating func open(_ index: Int, _ header: Header) {
        streams[index].isExtended = header.isExtended
        if let length = header.length { streams[index].length = length }
        if let type = header.type { streams[index].type = type }
        if let id = header.streamID { streams[index].streamID = id }
        switch (header.format, header.time) {
        case (0, let time?):
            streams[index].timestamp = time
            streams[index].delta = 0
        case (1, let time?), (2, let time?):
            streams[index].delta = time
            streams[index].timestamp &+= time
        default: streams[index].timestamp &+= streams[index].delta
        }
        streams[index].isOpen = true
    }

    private static func header(_ reader: inout ByteReader, _ known: [ChunkStream]) -> Header? {
        guard let first = reader.u8() else { return nil }
        var id = UInt32(first & 63)
        if id == 0 {
            guard let low = reader.u8() else { return nil }
            id = 64 + UInt32(low)
        } else if id == 1 {
            guard let low = reader.u8(), let high = reader.u8() else { return nil }
            id = 64 + UInt32(low) + 256 * UInt32(high)
        }
        var header = Header(format: first >> 6, id: id, isExtended: false)
        if header.format < 3 {
            guard let time = reader.u24() else { return nil }
            header.time = time
            header.isExtended = time == 0xff_ffff
        } else {
            header.isExtended = known.first { $0.id == id }?.isExtended ?? false
        }
        if header.format < 2 {
            guard let length = reader.u24(), let type = reader.u8() else { return nil }
            header.length = Int(length)
            header.type = type
        }
        if header.format == 0 {
            guard let streamID = reader.u32LittleEndian() else { return nil }
            header.streamID = streamID
        }
        if header.isExtended {
            guard let time = reader.u32() else { return nil }
            if header.format < 3 { header.time = time }
        }
        return header
    }
}
