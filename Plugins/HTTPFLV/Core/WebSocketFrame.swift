import Formats

/// The header of an unmasked binary message in one frame, as a server sends it (RFC 6455 §5.2).
public enum WebSocketFrame {
    /// The longest header.
    public static let maximumHeaderBytes = 10

    /// Appends FIN, opcode 2, no mask, and the length in its shortest form.
    public static func appendHeader(payloadCount: Int, to writer: inout ByteWriter) {
        writer.u8(0x82)
        let count = max(0, payloadCount)
        if count < 126 {
            writer.u8(UInt8(truncatingIfNeeded: count))
        } else if count <= 0xFFFF {
            writer.u8(126)
            writer.u16(UInt16(truncatingIfNeeded: count))
        } else {
            writer.u8(127)
            writer.u64(UInt64(count))
        }
    }

    /// Bytes of the header for a payload of that length.
    public static func headerCount(payloadCount: Int) -> Int {
        payloadCount < 126 ? 2 : payloadCount <= 0xFFFF ? 4 : 10
    }

    /// The reverse: opcode, and where the payload lies in `bytes`; nil for anything that `appendHeader` does not write or that
    /// is cut off.
    public static func parse(_ bytes: UnsafeRawBufferPointer) -> Range<Int>? {
        guard bytes.count >= 2, bytes[0] == 0x82, bytes[1] & 0x80 == 0 else { return nil }
        var reader = ByteReader(bytes)
        guard reader.skip(1) != nil, let short = reader.u8() else { return nil }
        var count = UInt64(short)
        if short == 126 {
            guard let long = reader.u16(), long >= 126 else { return nil }
            count = UInt64(long)
        } else if short == 127 {
            guard let long = reader.u64(), long > 0xFFFF else { return nil }
            count = long
        }
        guard count <= UInt64(bytes.count - reader.position) else { return nil }
        return reader.position..<(reader.position + Int(count))
    }
}
