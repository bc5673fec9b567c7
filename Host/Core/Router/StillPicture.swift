import HostHTTP
import NIOCore

/// A still picture of a stream, as an HTTP answer that all who ask share.
struct StillPicture: Sendable {
    /// Bytes.
    static let limit: UInt64 = 1 << 20

    let response: HTTPResponse
    /// Wall clock, µs: when it was given.
    let taken: Int64

    /// - Returns: nil when it does not begin and end as a JPEG does (ITU-T T.81 §B.1.1.3, SOI and EOI).
    init?(jpeg: UnsafeRawBufferPointer, at wall: Int64) {
        guard jpeg.count >= 4, jpeg[0] == 0xFF, jpeg[1] == 0xD8, jpeg[jpeg.count - 2] == 0xFF, jpeg[jpeg.count - 1] == 0xD9 else {
            return nil
        }
        taken = wall
        response = HTTPResponse(
            status: 200,
            headers: ["Content-Type": "image/jpeg", "Cache-Control": "max-age=1", "ETag": "\"\(String(wall, radix: 16))\""],
            body: ByteBuffer(bytes: jpeg))
    }
}
