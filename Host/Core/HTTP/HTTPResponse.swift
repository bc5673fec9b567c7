// HTTPResponse: a complete response that any number of waiters share.
//
// Head and gzip form are made once, on first use, and kept inside; answering a thousand parked requests then writes the
// same two buffers a thousand times and copies nothing.

import HostPaths
import NIOCore
import NIOHTTP1
import Synchronization

/// A complete response: status, headers, body in memory. Immutable; any thread.
public final class HTTPResponse: Sendable {
    /// The largest body that is compressed; larger ones go out as they are.
    public static let maximumCompressed = 512 * 1024

    public let status: Int
    /// The headers without framing; a line with a character that would end it is left out.
    public let headers: HTTPHeaders
    public let body: ByteBuffer

    struct Variant: OptionSet, Hashable {
        let rawValue: UInt8
        static let gzip = Variant(rawValue: 1)
        static let close = Variant(rawValue: 2)
        static let crossOrigin = Variant(rawValue: 4)
    }

    private struct Forms {
        var heads: [Variant: ByteBuffer] = [:]
        var date = ""
        var gzip: ByteBuffer??
    }
    private let forms = Mutex(Forms())

    /// A response with a body; Content-Length, Connection, Date and Vary are the listener's to add.
    public init(status: Int, headers: HTTPHeaders = [:], body: ByteBuffer = ByteBuffer()) {
        self.status = (200...599).contains(status) ? status : 500
        self.headers = HTTPHead.sanitized(headers)
        self.body = body
    }

    /// A text response.
    public convenience init(
        status: Int, text: String, contentType: String = "text/plain; charset=utf-8", headers: HTTPHeaders = [:]
    ) {
        var headers = headers
        headers.replaceOrAdd(name: "Content-Type", value: contentType)
        self.init(status: status, headers: headers, body: ByteBuffer(string: text))
    }

    /// True when the type is text and the body worth compressing.
    var isCompressible: Bool {
        guard status == 200, body.readableBytes >= 256, body.readableBytes <= HTTPResponse.maximumCompressed else { return false }
        guard !headers.contains(name: "content-encoding"), let type = headers.first(name: "content-type") else { return false }
        return HTTPResponse.isText(type)
    }

    /// The gzip form, made once; nil when it is not smaller.
    func gzipped() -> ByteBuffer? {
        forms.withLock { forms in
            if let made = forms.gzip { return made }
            let packed = Gzip.compress(body)
            let result = packed.flatMap { $0.readableBytes < body.readableBytes ? $0 : nil }
            forms.gzip = .some(result)
            return result
        }
    }

    /// The head for a variant, made once a second, for it holds the date; its bytes end in the empty line.
    func head(_ variant: Variant) -> ByteBuffer {
        let length = variant.contains(.gzip) ? gzipped()?.readableBytes ?? body.readableBytes : body.readableBytes
        return forms.withLock { forms in
            let date = HTTPDate.now()
            if forms.date != date { (forms.heads, forms.date) = ([:], date) }
            if let made = forms.heads[variant] { return made }
            var lines = headers
            if status != 204, status != 304 { lines.replaceOrAdd(name: "Content-Length", value: String(length)) }
            if variant.contains(.gzip) { lines.replaceOrAdd(name: "Content-Encoding", value: "gzip") }
            if isCompressible { lines.add(name: "Vary", value: "Accept-Encoding") }
            if status == 200 { lines.replaceOrAdd(name: "Accept-Ranges", value: "bytes") }
            let made = HTTPHead.bytes(
                status: status, headers: lines, close: variant.contains(.close), crossOrigin: variant.contains(.crossOrigin))
            forms.heads[variant] = made
            return made
        }
    }

    /// Text formats that shrink: playlists, JSON, markup, scripts.
    static func isText(_ type: String) -> Bool {
        let essence = type.prefix { $0 != ";" }.lowercased()
        if essence.hasPrefix("text/") { return essence != "text/event-stream" }
        return [
            "application/json", "application/vnd.apple.mpegurl", "application/x-mpegurl", "application/javascript",
            "application/xml", "application/dash+xml", "application/openmetrics-text", "image/svg+xml",
        ].contains(essence)
    }
}
