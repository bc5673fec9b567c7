/// Whole records of a catalogue, for import and for copying between stores.
public struct CatalogueBatch: Sendable {
    /// In the order in which they are copied: what others refer to comes first.
    public enum Table: String, Sendable, CaseIterable {
        case partners, profiles, entries

        /// Every column; the first is the id.
        var columns: [String] {
            switch self {
            case .partners:
                [
                    "id", "name", "blocked", "live_enabled", "max_passthrough", "max_transcoded", "admin_secret", "new_recording",
                ]
            case .profiles: ["id", "partner_id", "name", "template_xml"]
            case .entries:
                [
                    "id", "partner_id", "name", "token", "token_sha256", "srt_pass", "profile_id", "enabled", "valid_from",
                    "valid_to", "allowed_sources", "record_status", "recording_status", "dvr_status", "dvr_window_min",
                    "segment_ms", "explicit_live", "view_mode",
                ]
            }
        }

        /// Profiles hold texts of any length.
        var pageSize: Int { self == .profiles ? 20 : 100 }
    }

    /// Columns of a profile's flavors, beside the profile's id.
    static let flavorColumns = [
        "id", "system_name", "tags", "stream_suffix", "origin", "width", "height", "video_kbps", "audio_kbps", "frame_rate",
        "max_frame_rate", "codec", "profile",
    ]

    public var partners: [CatalogueRecord] = []
    public var profiles: [CatalogueRecord] = []
    public var entries: [CatalogueRecord] = []

    public init() {}

    subscript(_ table: Table) -> [CatalogueRecord] {
        get {
            switch table {
            case .partners: partners
            case .profiles: profiles
            case .entries: entries
            }
        }
        set {
            switch table {
            case .partners: partners = newValue
            case .profiles: profiles = newValue
            case .entries: entries = newValue
            }
        }
    }
}

/// One record: its columns, and of a profile its flavors.
public struct CatalogueRecord: Sendable, Hashable {
    public let id: StoredValue
    /// Beside the id. A column that is missing gets its default.
    var values: [String: StoredValue]
    var flavors: [[String: StoredValue]] = []

    public init(_ id: StoredValue, _ values: [String: StoredValue]) {
        self.id = id
        self.values = values
    }

    /// Columns that are true, or not 0, unless a record says otherwise; all other numbers that may not be missing begin with 0.
    static let defaults: [String: StoredValue] = [
        "live_enabled": .integer(1), "enabled": .integer(1), "recording_status": .integer(2), "view_mode": .integer(1),
        "blocked": .integer(0), "new_recording": .integer(0), "record_status": .integer(0), "dvr_status": .integer(0),
        "explicit_live": .integer(0), "origin": .integer(0),
    ]
}
