import KalturaCore
import SluiceJSON

extension SQLiteCatalogue {
    /// Takes partners, conversion profiles and entries of a JSON text into the catalogue, in one transaction (SPEC §12, last point).
    ///
    /// Rows of the same id are replaced. Partners that are not positive (the built-in ones) are passed over. Answers the numbers taken
    /// and what was passed over; nothing of a text that holds a mistake is taken.
    func importJSON(_ json: JSONValue) throws(CatalogueError) -> JSONValue {
        guard json["partners"]?.arrayValue != nil || json["entries"]?.arrayValue != nil else {
            throw .invalid("the text has neither \"partners\" nor \"entries\"")
        }
        return try write { (connection) throws(CatalogueError) in
            var importer = CatalogueImport(connection: connection)
            for partner in json["partners"]?.arrayValue ?? [] { try importer.partner(partner) }
            for profile in json["conversionProfiles"]?.arrayValue ?? [] { try importer.profile(profile) }
            for entry in json["entries"]?.arrayValue ?? [] { try importer.entry(entry) }
            return importer.report
        }
    }
}

/// One import under way.
private struct CatalogueImport {
    let connection: Connection
    private var partners: Int64 = 0
    private var profiles: Int64 = 0
    private var flavors: Int64 = 0
    private var entries: Int64 = 0
    private var passedOver: [JSONValue] = []

    init(connection: Connection) { self.connection = connection }

    var report: JSONValue {
        [
            "partners": .integer(partners), "profiles": .integer(profiles), "flavors": .integer(flavors),
            "entries": .integer(entries), "passed_over": .array(passedOver),
        ]
    }

    mutating func partner(_ json: JSONValue) throws(CatalogueError) {
        guard let id = json["id"]?.lenientInteger else { throw .invalid("a partner has no id") }
        guard id > 0, id <= Int64(Int32.max) else {
            passedOver.append(.string("partner \(id)"))
            return
        }
        try insert(
            "partners",
            [
                ("id", .integer(id)), ("name", text(json, "name")), ("blocked", flag(json, "blocked", false)),
                ("live_enabled", flag(json, "liveEnabled", true)), ("max_passthrough", integer(json, "maxPassthrough")),
                ("max_transcoded", integer(json, "maxTranscoded")), ("admin_secret", text(json, "adminSecret")),
                ("new_recording", flag(json, "newRecording", false)),
            ])
        partners += 1
    }

    mutating func profile(_ json: JSONValue) throws(CatalogueError) {
        guard let id = json["id"]?.lenientInteger else { throw .invalid("a conversion profile has no id") }
        try insert(
            "profiles",
            [
                ("id", .integer(id)), ("partner_id", integer(json, "partnerId")), ("name", text(json, "name")),
                ("template_xml", text(json, "templateXml")),
            ])
        try connection.run("DELETE FROM flavors WHERE profile_id=?1", [.integer(id)])
        profiles += 1
        for flavor in json["flavors"]?.arrayValue ?? [] {
            guard let number = flavor["id"]?.lenientInteger else { throw .invalid("a flavor of profile \(id) has no id") }
            try insert(
                "flavors",
                [
                    ("id", .integer(number)), ("profile_id", .integer(id)), ("system_name", text(flavor, "systemName")),
                    ("tags", text(flavor, "tags")), ("stream_suffix", text(flavor, "streamSuffix")),
                    ("origin", .integer(flavor["origin"]?.lenientInteger ?? 0)), ("width", integer(flavor, "width")),
                    ("height", integer(flavor, "height")), ("video_kbps", integer(flavor, "videoBitrate")),
                    ("audio_kbps", integer(flavor, "audioBitrate")), ("frame_rate", real(flavor, "frameRate")),
                    ("max_frame_rate", real(flavor, "maxFrameRate")), ("codec", text(flavor, "codec")),
                    ("profile", text(flavor, "profile")),
                ])
            flavors += 1
        }
    }

    mutating func entry(_ json: JSONValue) throws(CatalogueError) {
        guard let id = json["id"]?.stringValue.flatMap({ EntryID($0) }) else {
            throw .invalid("an entry has no id, or no valid one")
        }
        guard let partner = json["partnerId"]?.lenientInteger else { throw .invalid("entry \(id) has no partnerId") }
        let secret = try json["streamPassword"]?.stringValue.map { (token) throws(CatalogueError) in try TokenSecret(token: token)
        }
        try insert(
            "entries",
            [
                ("id", .text(id.text)), ("partner_id", .integer(partner)), ("name", text(json, "name")),
                ("token", SQLValue(secret?.plain)), ("srt_pass", text(json, "srtPass")),
                ("profile_id", integer(json, "conversionProfileId")), ("enabled", flag(json, "enabled", true)),
                ("record_status", .integer(json["recordStatus"]?.lenientInteger ?? 0)),
                ("recording_status", .integer(json["recordingStatus"]?.lenientInteger ?? 2)),
                ("dvr_status", .integer(json["dvrStatus"]?.lenientInteger ?? 0)),
                ("dvr_window_min", integer(json, "dvrWindow")), ("segment_ms", integer(json, "segmentDuration")),
                ("explicit_live", flag(json, "explicitLive", false)),
                ("view_mode", .integer(json["viewMode"]?.lenientInteger ?? 1)),
            ])
        entries += 1
    }

    private func insert(_ table: String, _ values: [(column: String, value: SQLValue)]) throws(CatalogueError) {
        let columns = values.map(\.column).joined(separator: ",")
        let places = (1...values.count).map { "?\($0)" }.joined(separator: ",")
        try connection.run("INSERT OR REPLACE INTO \(table)(\(columns)) VALUES(\(places))", values.map(\.value))
    }

    private func text(_ json: JSONValue, _ key: String) -> SQLValue { SQLValue(json[key]?.stringValue) }
    private func integer(_ json: JSONValue, _ key: String) -> SQLValue { SQLValue(json[key]?.lenientInteger) }
    private func real(_ json: JSONValue, _ key: String) -> SQLValue { json[key]?.doubleValue.map(SQLValue.real) ?? .null }
    private func flag(_ json: JSONValue, _ key: String, _ otherwise: Bool) -> SQLValue {
        SQLValue(json[key]?.lenientBool ?? otherwise)
    }
}
