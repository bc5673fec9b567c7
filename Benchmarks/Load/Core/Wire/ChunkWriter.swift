/// Cuts RTMP messages into chunks (RTMP 1.0 §5.3.1): a full header first, one-byte headers after it.
public struct ChunkWriter {
    /// Bytes per chunk.
    public var chunkSize: Int

    public init(chunkSize: Int = 128) { self.chunkSize = max(1, chunkSize) }

    /// Appends one message on chunk stream `chunkStream` (2–63).
    public func write(
        _ payload: some RandomAccessCollection<UInt8>, type: UInt8, chunkStream: UInt8, timestamp: UInt32 = 0,
        streamID: UInt32 = 0,
        to bytes: inout [UInt8]
    ) {
        let isExtended = timestamp >= 0xff_ffff
        bytes.append(chunkStream & 63)
        bytes.put24(isExtended ? 0xff_ffff : Int(timestamp))
        bytes.put24(payload.count)
        bytes.append(type)
        bytes.put32LittleEndian(streamID)
        if isExtended { bytes.put32(timestamp) }
        var rest = payload[...]
        while true {
            bytes.append(contentsOf: rest.prefix(chunkSize))
            rest = rest.dropFirst(chunkSize)
            if rest.isEmpty { return }
            bytes.append(0xc0 | chunkStream & 63)
            if isExtended { bytes.put32(timestamp) }
        }
    }
}
