import CZlib
import NIOCore

/// RFC 1952 compression of complete bodies.
enum Gzip {
    /// The gzip form of `body`, or nil when zlib refuses.
    static func compress(_ body: ByteBuffer, level: Int32 = 5) -> ByteBuffer? {
        var stream = z_stream()
        guard sluice_gzip_init(&stream, level) == Z_OK else { return nil }
        defer { deflateEnd(&stream) }
        guard let count = UInt32(exactly: body.readableBytes) else { return nil }
        // deflateBound without a dictionary covers the deflate stream; gzip's header and trailer are 18 bytes.
        let room = Int(deflateBound(&stream, uLong(count))) + 32
        guard let available = UInt32(exactly: room) else { return nil }
        var out = ByteBuffer()
        let written = body.withUnsafeReadableBytes { source -> Int? in
            out.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { target -> Int in
                stream.next_in = UnsafeMutablePointer(
                    mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
                stream.avail_in = count
                stream.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
                stream.avail_out = available
                return deflate(&stream, Z_FINISH) == Z_STREAM_END ? Int(stream.total_out) : 0
            }
        }
        return (written ?? 0) > 0 ? out : nil
    }
}
