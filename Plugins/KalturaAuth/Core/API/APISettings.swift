/// How the back end is reached and what is told it (SPEC §4, §7, §9, §13): the keys that hold with `backend = "kaltura"`.
public struct APISettings: Hashable, Sendable {
    /// `server_url` without a last slash; `/api_v3` follows.
    public var serverURL = ""
    /// `admin_secret`; empty: the file's.
    public var secret = Secret("")
    /// `admin_secret_file`, relative to the plugin's data folder.
    public var secretFile = ""
    /// `api_timeout_ms`: of one call, whole.
    public var timeoutMilliseconds: UInt64 = 8000
    /// `ks_source`: who makes sessions.
    public var ksSource = SessionSource.local
    /// `ks_version`.
    public var ksVersion = 2
    /// `ks_expiry_s`: the life of a session.
    public var ksSeconds: Int64 = 86_400
    /// `ks_privileges`.
    public var ksPrivileges = "disableentitlement"
    /// `register`: tell the back end what is on air here.
    public var registers = true
    /// `keepalive_s`.
    public var keepAliveSeconds: Int64 = 60
    /// `playable_after`.
    public var playableAfter = PlayableAfter.segments(3)
    /// `status_interval_s`.
    public var statusSeconds: Int64 = 300
    /// `alerts`: tell the back end of refused connections.
    public var alerts = true

    /// Signed here with the secret, or had from the back end's `session.start`, which is sent it.
    public enum SessionSource: String, Hashable, Sendable, CaseIterable { case local, api }

    /// When a stream can be watched.
    public enum PlayableAfter: Hashable, Sendable {
        case seconds(Int64)
        case segments(Int64)

        /// Segments are this long when the entry does not say.
        static let segmentMilliseconds: Int64 = 2000

        /// `"6 s"` or `"3 segments"`, 1 to 600.
        public init?(_ text: String) {
            let words = text.split(separator: " ")
            guard words.count == 2, let number = Int64(words[0]), (1...600).contains(number) else { return nil }
            switch words[1] {
            case "s": self = .seconds(number)
            case "segments": self = .segments(number)
            default: return nil
            }
        }

        /// Milliseconds of media, of an entry with segments of so many milliseconds.
        func milliseconds(segment: Int64?) -> UInt64 {
            switch self {
            case .seconds(let seconds): UInt64(clamping: seconds) &* 1000
            case .segments(let count):
                UInt64(clamping: count) &* UInt64(clamping: min(max(segment ?? Self.segmentMilliseconds, 1000), 20_000))
            }
        }
    }

    public init() {}
}
