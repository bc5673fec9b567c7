/// The answer of an auth plugin. Every field but the decision may be left as it is.
public struct Verdict: Sendable {
    /// What is decided.
    public enum Decision: UInt32, Sendable {
        /// Not this plugin's to say: the next one of the chain is asked.
        case abstain = 0
        /// Yes; nobody else is asked.
        case allow
        /// No; nobody else is asked.
        case deny
        /// Could not find out: the chain's failure policy decides.
        case failed
        /// Connect only: no credentials yet, decided at publish or play.
        case later
    }

    /// What is decided.
    public var decision: Decision
    /// Code for logs, listings and metrics: `BAD_TOKEN`.
    public var reason = ""
    /// Safe to show to the client: what to do about it.
    public var message = ""
    /// For the log only; no secrets.
    public var detail = ""
    /// Protocol status: RTMP `NetStream.Publish.BadName`; empty: the protocol's default.
    public var status = ""
    /// The same for HTTP; 0: 403.
    public var httpStatus: UInt32 = 0
    /// RTMP: also send NetStream.Play.Failed with a refusal.
    public var legacyPlayFailed = false
    /// Who this is, for listings.
    public var principal = ""
    /// Publish or play under this name instead.
    public var stream = ""
    /// Connect: handed to the later questions of the connection.
    public var context = ""
    /// How long the verdict may answer the same question; 0: not at all.
    public var ttlMilliseconds: UInt64 = 0
    /// The host asks again after so long while the session lives; 0: never.
    public var recheckMilliseconds: UInt64 = 0
    /// Microseconds since 1970; 0: never.
    public var notAfter: Int64 = 0
    /// bit/s; 0: no limit.
    public var maxBitrate: UInt64 = 0
    /// Players of the published stream; 0: no limit.
    public var maxViewers: UInt64 = 0
    /// Of the stream: `group`, `duplicate`, `linger_s`, `hls.segment_ms` …
    public var attributes: [(key: String, value: String)] = []

    /// A verdict with nothing but a decision.
    public init(_ decision: Decision) { self.decision = decision }

    /// Yes, without limits.
    public static var allow: Verdict { Verdict(.allow) }
    /// The next plugin of the chain is asked.
    public static var abstain: Verdict { Verdict(.abstain) }

    /// No, with a code for logs (`BAD_TOKEN`) and a text that is safe to show to the client.
    public static func deny(_ reason: String, _ message: String) -> Verdict {
        var verdict = Verdict(.deny)
        verdict.reason = reason
        verdict.message = message
        return verdict
    }

    /// Calls `body` with the C form, borrowed.
    func withC(_ body: (UnsafePointer<sluice_verdict>) -> Void) {
        var arena = TextArena()
        var raw = sluice_verdict()
        raw.struct_size = UInt32(MemoryLayout<sluice_verdict>.size)
        raw.decision = decision.rawValue
        raw.reason = arena.text(reason)
        raw.message = arena.text(message)
        raw.detail = arena.text(detail)
        raw.status = arena.text(status)
        raw.http_status = httpStatus
        raw.flags = legacyPlayFailed ? SLUICE_VERDICT_FLAG_LEGACY_PLAY_FAILED : 0
        raw.principal = arena.text(principal)
        raw.stream = arena.text(stream)
        raw.context = arena.text(context)
        raw.ttl_ms = ttlMilliseconds
        raw.recheck_ms = recheckMilliseconds
        raw.not_after_wall_us = notAfter
        raw.max_bitrate = maxBitrate
        raw.max_viewers = maxViewers
        raw.attributes = arena.pairs(attributes)
        raw.attribute_count = UInt32(attributes.count)
        withUnsafePointer(to: &raw, body)
    }
}
