import NIOCore
import NIOHTTP1

/// Writes response heads as bytes; the one place where header text becomes wire bytes.
enum HTTPHead {
    /// Headers that only the listener may set, for they decide framing.
    private static let framing: Set<String> = [
        "connection", "content-length", "transfer-encoding", "keep-alive", "upgrade", "trailer", "server", "date",
    ]

    /// The headers without framing lines and without any line that holds a control character (RFC 9110 §5.5) or is no token.
    static func sanitized(_ headers: HTTPHeaders) -> HTTPHeaders {
        var clean = HTTPHeaders()
        for (name, value) in headers where !framing.contains(name.lowercased()) {
            guard isToken(name), value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 }) else { continue }
            clean.add(name: name, value: value)
        }
        return clean
    }

    /// A whole head, with Date and Connection, ending in the empty line.
    static func bytes(status: Int, headers: HTTPHeaders, close: Bool, crossOrigin: Bool) -> ByteBuffer {
        let reason = HTTPResponseStatus(statusCode: status).reasonPhrase
        var out = ByteBuffer()
        out.reserveCapacity(384)
        out.writeString("HTTP/1.1 \(status) \(reason)\r\n")
        for (name, value) in headers { out.writeString("\(name): \(value)\r\n") }
        out.writeString("Date: \(HTTPDate.now())\r\n")
        if crossOrigin { out.writeString(crossOriginLines) }
        out.writeString(close ? "Connection: close\r\n\r\n" : "Connection: keep-alive\r\n\r\n")
        return out
    }

    /// A `*` without credentials: what any page may read, and nothing that a cookie or token of the browser opens.
    private static let crossOriginLines =
        "Access-Control-Allow-Origin: *\r\nAccess-Control-Expose-Headers: Accept-Patch, Accept-Post, Age, Content-Length, "
        + "Content-Range, Date, ETag, Link, Location\r\n"

    static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }
}
