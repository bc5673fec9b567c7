/// What to do with a request.
public enum HLSAnswer: Sendable, Equatable {
    /// Answer 200 with this.
    case ready(HLSResponse)
    /// Hold it until `takeReleases()` gives the key, at most until `deadlineMs` (in the caller's clock), then 503. Keys are
    /// shorter than 100 bytes.
    case wait(key: String, deadlineMs: Int64)
    /// Answer with this status (400, 404, 503), a text for the client, and let caches keep that for `cacheSeconds`.
    case refuse(status: Int, reason: String, cacheSeconds: Int)
}
