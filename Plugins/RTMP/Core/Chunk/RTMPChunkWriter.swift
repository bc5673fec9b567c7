/// Cuts messages into chunks. Every message begins with a format 0 header and an absolute timestamp, so that no
/// message depends on the one before it; continuation chunks repeat an extended timestamp.
public enum RTMPChunkWriter {
    /// Longest body of a message.
    public static let longestBody = 0xFF_FFFF

    /// Appends the chunks of one message to `out`.
    ///
    /// - Parameters:
    ///   - chunkStream: 2…63.
    ///   - timestamp: absolute milliseconds modulo 2^32.
    ///   - body: at most `longestBody` bytes; a longer one is not written.
    /// - Returns: false when the body is too long.
    @discardableResult
    public static func append(
        chunkStream: UInt8, type: UInt8, streamID: UInt32, timestamp: UInt32, head: [UInt8] = [],
        body: UnsafeRawBufferPointer, chunkSize: Int, to out: inout [UInt8]
    ) -> Bool {
        let length = head.count + body.count
        guard length <= longestBody, chunkSize > 0 else { return false }
        out.reserveCapacity(out.count + length + 16 + length / chunkSize * 5)
        appendHeader(chunkStream, type, streamID, timestamp, length, to: &out)
        var room = chunkSize
        head.withUnsafeBytes { piece($0, chunkStream, timestamp, chunkSize, &room, &out) }
        piece(body, chunkStream, timestamp, chunkSize, &room, &out)
        return true
    }

    /// The same for a body in an array.
    @discardableResult
    public static func append(_ message: RTMPMessage, chunkSize: Int, to out: inout [UInt8]) -> Bool {
        message.body.withUnsafeBytes {
            append(
                chunkStream: UInt8(truncatingIfNeeded: max(2, min(63, message.chunkStream))), type: message.type,
                streamID: message.streamID, timestamp: message.timestamp, body: $0, chunkSize: chunkSize, to: &out)
        }
    }

    private static func appendHeader(
        _ chunkStream: UInt8, _ type: UInt8, _ streamID: UInt32, _ timestamp: UInt32, _ length: Int, to out: inout [UInt8]
    ) {
        let short = min(timestamp, 0xFF_FFFF)
        out.append(chunkStream & 63)
        out.append(UInt8(truncatingIfNeeded: short >> 16))
        out.append(UInt8(truncatingIfNeeded: short >> 8))
        out.append(UInt8(truncatingIfNeeded: short))
        out.append(UInt8(truncatingIfNeeded: length >> 16))
        out.append(UInt8(truncatingIfNeeded: length >> 8))
        out.append(UInt8(truncatingIfNeeded: length))
        out.append(type)
        out.append(UInt8(truncatingIfNeeded: streamID))
        out.append(UInt8(truncatingIfNeeded: streamID >> 8))
        out.append(UInt8(truncatingIfNeeded: streamID >> 16))
        out.append(UInt8(truncatingIfNeeded: streamID >> 24))
        if timestamp >= 0xFF_FFFF { out.appendBigEndian(timestamp) }
    }

    private static func piece(
        _ bytes: UnsafeRawBufferPointer, _ chunkStream: UInt8, _ timestamp: UInt32, _ chunkSize: Int, _ room: inout Int,
        _ out: inout [UInt8]
    ) {
        var at = 0
        while at < bytes.count {
            if room == 0 {
                out.append(0xC0 | chunkStream & 63)
                if timestamp >= 0xFF_FFFF { out.appendBigEndian(timestamp) }
                room = chunkSize
            }
            let count = min(room, bytes.count - at)
            out.append(contentsOf: UnsafeRawBufferPointer(rebasing: bytes[at..<at + count]))
            at += count
            room -= count
        }
    }
}

extension [UInt8] {
    mutating func appendBigEndian(_ value: UInt32) {
        append(UInt8(truncatingIfNeeded: value >> 24))
        append(UInt8(truncatingIfNeeded: value >> 16))
        append(UInt8(truncatingIfNeeded: value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }
}
