/// One chunk header as it is on the wire (RTMP 1.0 §5.3.1).
struct RTMPChunkHeader: Sendable, Equatable {
    /// Bytes of the longest header: basic 3, message 11, extended timestamp 4.
    static let longest = 18

    var format: UInt8
    var chunkStream: UInt32
    /// Timestamp or delta, the extended one where present. Formats 0–2.
    var timestamp: UInt32 = 0
    var extended = false
    /// Formats 0 and 1.
    var length = 0
    var type: UInt8 = 0
    /// Format 0.
    var streamID: UInt32 = 0
    /// Bytes of the header.
    var size = 0
}

extension RTMPChunkReader {
    /// The header at the start of `bytes`, or nil when more bytes are needed. Changes nothing.
    func parseHeader(_ bytes: UnsafeRawBufferPointer) throws(RTMPError) -> RTMPChunkHeader? {
        guard var header = basicHeader(bytes) else { return nil }
        let known = find(header.chunkStream)
        if let known, streams[known].inMessage {
            guard header.format == 3 else { throw .headerInsideMessage(chunkStream: header.chunkStream) }
        } else if known == nil, header.format >= 2 {
            throw .noHeader(chunkStream: header.chunkStream, format: header.format)
        }
        if header.format == 3 {
            guard let known else { return nil }
            return skipRepeatedTimestamp(bytes, header, streams[known])
        }
        let fields = header.format == 0 ? 11 : header.format == 1 ? 7 : 3
        guard bytes.count >= header.size + fields else { return nil }
        let at = header.size
        header.timestamp = UInt32(bytes[at]) << 16 | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2])
        if header.format <= 1 {
            header.length = Int(bytes[at + 3]) << 16 | Int(bytes[at + 4]) << 8 | Int(bytes[at + 5])
            header.type = bytes[at + 6]
        }
        if header.format == 0 {
            header.streamID =
                UInt32(bytes[at + 7]) | UInt32(bytes[at + 8]) << 8 | UInt32(bytes[at + 9]) << 16 | UInt32(bytes[at + 10]) << 24
        }
        header.size += fields
        if header.timestamp == 0xFF_FFFF {
            guard bytes.count >= header.size + 4 else { return nil }
            header.timestamp = Self.word(bytes, header.size)
            header.extended = true
            header.size += 4
        }
        return header
    }

    private func basicHeader(_ bytes: UnsafeRawBufferPointer) -> RTMPChunkHeader? {
        guard bytes.count >= 1 else { return nil }
        let format = bytes[0] >> 6
        switch bytes[0] & 63 {
        case 0:
            guard bytes.count >= 2 else { return nil }
            return RTMPChunkHeader(format: format, chunkStream: 64 + UInt32(bytes[1]), size: 2)
        case 1:
            guard bytes.count >= 3 else { return nil }
            return RTMPChunkHeader(format: format, chunkStream: 64 + UInt32(bytes[1]) + UInt32(bytes[2]) << 8, size: 3)
        case let id:
            return RTMPChunkHeader(format: format, chunkStream: UInt32(id), size: 1)
        }
    }

    /// Some peers repeat the extended timestamp in format 3, as the specification says, some do not: it is taken as
    /// repeated when the four bytes are the same.
    private func skipRepeatedTimestamp(
        _ bytes: UnsafeRawBufferPointer, _ header: RTMPChunkHeader, _ stream: RTMPChunkStream
    ) -> RTMPChunkHeader? {
        guard stream.extended else { return header }
        guard bytes.count >= header.size + 4 else { return nil }
        var header = header
        if Self.word(bytes, header.size) == stream.field { header.size += 4 }
        return header
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ at: Int) -> UInt32 {
        UInt32(bytes[at]) << 24 | UInt32(bytes[at + 1]) << 16 | UInt32(bytes[at + 2]) << 8 | UInt32(bytes[at + 3])
    }
}
