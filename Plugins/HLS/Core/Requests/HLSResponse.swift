/// A successful answer; the body is shared, not copied, by all who get it.
public struct HLSResponse: Sendable, Equatable {
    /// `Content-Type`.
    public var contentType: String
    /// Seconds for `Cache-Control: max-age=…` (ll-hls §8: blocking playlist 6 target durations, plain 0.5, media and its
    /// initialization long).
    public var cacheSeconds: Int
    /// Text that gzip makes smaller; goes with `Vary: Accept-Encoding`.
    public var isCompressible: Bool
    /// The whole body.
    public var body: ArraySlice<UInt8>

    /// All members.
    public init(contentType: String, cacheSeconds: Int, isCompressible: Bool, body: ArraySlice<UInt8>) {
        self.contentType = contentType
        self.cacheSeconds = cacheSeconds
        self.isCompressible = isCompressible
        self.body = body
    }

    /// The value of `Cache-Control`.
    public var cacheControl: String { "max-age=\(cacheSeconds)" }

    /// application/vnd.apple.mpegurl.
    public static let playlistType = "application/vnd.apple.mpegurl"
    /// Of initialization segments.
    public static let initializationType = "video/mp4"
    /// Of segments and parts.
    public static let segmentType = "video/iso.segment"
    /// What every answer carries so that a page from elsewhere may play the stream (no credentials are ever needed: tokens are
    /// in the path).
    public static let corsHeaders: [(name: String, value: String)] = [
        ("Access-Control-Allow-Origin", "*"),
        ("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"),
        ("Access-Control-Allow-Headers", "Range"),
        ("Access-Control-Expose-Headers", "Content-Length, Content-Range, Date, Age"),
        ("Access-Control-Max-Age", "86400"),
    ]
}
