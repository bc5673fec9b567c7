import HostPaths
import NIOCore
import NIOHTTP1

/// One request as its handler sees it: head parsed and checked, body complete.
public struct HTTPRequest: Sendable {
    /// The method; HEAD is handed to GET's handler, whose body is then not sent.
    public let method: HTTPMethod
    /// The parsed target.
    public let path: RequestPath
    /// The header lines as sent; values are never trusted as text for output.
    public let headers: HTTPHeaders
    /// The complete body, at most `HTTPLimits.bodyBytes`.
    public let body: ByteBuffer
    /// The parameters of the matched pattern, in the pattern's order.
    public let parameters: [QueryPair]
    /// The peer's address without port, as `ConnectionLimits` counts it.
    public let peerAddress: String
    /// The peer's port, 0 when unknown.
    public let peerPort: Int
    /// True when the connection is TLS.
    public let isTLS: Bool
    /// True for HTTP/1.1, false for HTTP/1.0.
    public let isVersion11: Bool

    /// Stands for a request that is not kept any more.
    static let none = HTTPRequest(
        method: .GET, path: .root, headers: [:], body: ByteBuffer(), parameters: [], peerAddress: "", peerPort: 0,
        isTLS: false, isVersion11: true)

    /// The value of a pattern's parameter, or nil.
    public func parameter(_ name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    /// The decoded pairs of the query, in order.
    public var query: [QueryPair] { path.query }

    /// The viewer token that was cut out of the path; not verified by this module.
    public var viewerToken: String? { path.viewerToken }

    /// The stream named by the parameters `app` and `stream`, or nil when either is missing or no legal name.
    public var streamKey: StreamKey? {
        guard let app = parameter("app"), let stream = parameter("stream") else { return nil }
        return StreamKey(app: app, stream: stream)
    }

    /// The body as an array.
    public var bodyBytes: [UInt8] { Array(body.readableBytesView) }

    /// True when the request asks for a WebSocket (RFC 6455 §4.1): attach a log to it as to a plain one.
    public var isWebSocketUpgrade: Bool {
        headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
            && headers[canonicalForm: "connection"].contains { $0.lowercased() == "upgrade" }
    }
}
