/// The plugin's `[config]` (SPEC §13). Defaults are the reference's.
///
/// Unknown keys are the host's to refuse, by `Configuration.schema`.
public struct Configuration: Hashable, Sendable {
    /// `backend`: who knows the entries.
    public var backend = Backend.sqlite
    /// `mongodb_uri`: a secret, since it may hold a password; empty: `mongodbFile` has it.
    public var mongodbAddress = ""
    /// `mongodb_uri_file`: a file whose first line is the address, relative to the plugin's data folder.
    public var mongodbFile = ""
    /// What holds with `backend = "kaltura"`.
    public var api = APISettings()
    /// `catalogue`: the SQLite file, relative to the plugin's data folder.
    public var catalogue = "catalogue.sqlite"
    /// `hostname`: this server's name in the catalogue's `on_air` rows; empty: the system's name.
    public var hostname = ""
    /// `applications`, `host_suffixes`, `backend_id`, `partner_id`, `partner_lookup`.
    public var address = AddressRules()
    /// `allow_bare_index`: whether `1` stands for `ENTRY_1` once the entry is known.
    public var allowBareIndex = true
    /// `max_stream_index`; 0: no limit.
    public var maxStreamIndex: Int32 = 0
    /// `auth_cache_ms`, `auth_negative_max_ms`, `grace_seconds`.
    public var cache = DecisionCache.Limits()
    /// `duplicate_policy`.
    public var duplicatePolicy = DuplicatePolicy.stalled
    /// `stall_seconds`.
    public var stallSeconds: Int64 = 5
    /// `legacy_status_codes`: a refusal also sends `NetStream.Play.Failed`.
    public var legacyStatusCodes = false
    /// `reconnect_timeout_s`: how long a stream without publisher is kept.
    public var reconnectTimeout: Int64 = 180
    /// `live_window`, `default_dvr_window`, `min_dvr_window`, `max_dvr_window`, in seconds.
    public var liveWindow: Int64 = 60
    public var defaultDVRWindow: Int64 = 7200
    public var minDVRWindow: Int64 = 900
    public var maxDVRWindow: Int64 = 86_400
    /// `recording`.
    public var recording = false
    /// `sync_points`: a timed ID3 tag at the start of each segment, and messages for the recordings of entries that ask for one.
    public var syncPoints = true
    /// `sync_point_interval_ms`: of these messages.
    public var syncPointInterval: Int64 = 60_000
    /// `sync_point_handler`: their name.
    public var syncPointHandler = "onMetaDataRecording"
    /// `max_pts_drift_ms`: a jump of an encoder's clock.
    public var maxPTSDrift: Int64 = 10_000
    /// `play`.
    public var play = PlayPolicy.open
    /// `fallback_profile`: a transcoding profile's XML, or `passthrough`; empty: none.
    public var fallbackProfile = ""

    /// Who knows the entries: a local catalogue in a file or in MongoDB, or the API of a Kaltura back end.
    public enum Backend: String, Hashable, Sendable, CaseIterable { case sqlite, mongodb, kaltura }
    public enum DuplicatePolicy: String, Hashable, Sendable, CaseIterable { case stalled, reject, takeover }
    public enum PlayPolicy: String, Hashable, Sendable, CaseIterable { case open, deny }

    public init() {}

    /// Whether it names another catalogue than `other` does.
    public func opensOtherStore(than other: Configuration) -> Bool {
        backend != other.backend || catalogue != other.catalogue || mongodbAddress != other.mongodbAddress
            || mongodbFile != other.mongodbFile
    }
}

/// Why a configuration cannot be taken.
public struct ConfigurationError: Error, Hashable, Sendable, CustomStringConvertible {
    public var key: String
    public var problem: String
    public var description: String { "\(key): \(problem)" }
}
