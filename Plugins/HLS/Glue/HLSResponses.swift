import HLSCore
import SluiceKit

/// The core's answers as HTTP. CORS, Content-Length, ranges and gzip are the host's.
enum HLSResponses {
    static let notOnAir = refusal(404, "the stream is not on air", cacheSeconds: 1)

    static func response(_ answer: HLSAnswer) -> Response {
        switch answer {
        case .ready(let ready):
            Response(
                200, headers: [("content-type", ready.contentType), ("cache-control", ready.cacheControl)],
                body: [UInt8](ready.body),
                compress: ready.isCompressible)
        case .refuse(let status, let reason, let seconds): refusal(UInt32(clamping: status), reason, cacheSeconds: seconds)
        case .wait: refusal(503, "it has to wait", cacheSeconds: 1)
        }
    }

    /// `isShared`: it holds no viewer token and may be kept by caches.
    static func multivariant(_ text: String, isShared: Bool) -> Response {
        let cache = isShared ? "max-age=1" : "no-store"
        return Response(
            200, headers: [("content-type", HLSResponse.playlistType), ("cache-control", cache)], body: Array(text.utf8),
            compress: true)
    }

    private static func refusal(_ status: UInt32, _ reason: String, cacheSeconds: Int) -> Response {
        Response(
            status, headers: [("content-type", "text/plain; charset=utf-8"), ("cache-control", "max-age=\(cacheSeconds)")],
            body: Array((reason + "\n").utf8))
    }
}
