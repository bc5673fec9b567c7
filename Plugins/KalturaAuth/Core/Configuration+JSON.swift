import SluiceJSON

extension Configuration {
    /// Reads the configuration's JSON object; absent keys keep their defaults, an empty text is an empty object.
    public init(json text: String) throws(ConfigurationError) {
        self.init()
        guard !text.isEmpty else { return }
        let json: JSONValue
        do { json = try JSONValue(parsing: text) } catch { throw ConfigurationError(key: "config", problem: error.description) }
        guard case .object = json else { throw ConfigurationError(key: "config", problem: "not an object") }
        try read(ConfigurationReader(json: json))
    }

    private mutating func read(_ reader: ConfigurationReader) throws(ConfigurationError) {
        backend = try reader.choice("backend") ?? backend
        mongodbAddress = try reader.string("mongodb_uri") ?? mongodbAddress
        mongodbFile = try reader.string("mongodb_uri_file") ?? mongodbFile
        guard backend != .mongodb || mongodbAddress.isEmpty != mongodbFile.isEmpty else {
            throw ConfigurationError(
                key: "mongodb_uri", problem: "backend \"mongodb\" needs mongodb_uri or mongodb_uri_file, one of them")
        }
        catalogue = try reader.string("catalogue") ?? catalogue
        hostname = try reader.string("hostname") ?? hostname
        try readAddress(reader)
        allowBareIndex = try reader.bool("allow_bare_index") ?? allowBareIndex
        maxStreamIndex = Int32(truncatingIfNeeded: try reader.integer("max_stream_index", 0...999_999_999) ?? 0)
        try readCache(reader)
        duplicatePolicy = try reader.choice("duplicate_policy") ?? duplicatePolicy
        stallSeconds = try reader.integer("stall_seconds", 1...3600) ?? stallSeconds
        legacyStatusCodes = try reader.bool("legacy_status_codes") ?? legacyStatusCodes
        reconnectTimeout = try reader.integer("reconnect_timeout_s", 0...86_400) ?? reconnectTimeout
        liveWindow = try reader.integer("live_window", 1...604_800) ?? liveWindow
        defaultDVRWindow = try reader.integer("default_dvr_window", 1...604_800) ?? defaultDVRWindow
        minDVRWindow = try reader.integer("min_dvr_window", 1...604_800) ?? minDVRWindow
        maxDVRWindow = try reader.integer("max_dvr_window", 1...604_800) ?? maxDVRWindow
        guard minDVRWindow <= maxDVRWindow else {
            throw ConfigurationError(key: "min_dvr_window", problem: "larger than max_dvr_window")
        }
        recording = try reader.bool("recording") ?? recording
        try readClock(reader)
        play = try reader.choice("play") ?? play
        fallbackProfile = try reader.string("fallback_profile") ?? fallbackProfile
        if let problem = fallbackProblem { throw ConfigurationError(key: "fallback_profile", problem: problem) }
        try readAPI(reader)
    }

    private mutating func readAddress(_ reader: ConfigurationReader) throws(ConfigurationError) {
        address.applications = try reader.strings("applications") ?? address.applications
        address.hostSuffixes = try reader.strings("host_suffixes") ?? address.hostSuffixes
        address.backendID = try reader.string("backend_id") ?? address.backendID
        address.partnerLookup = try reader.bool("partner_lookup") ?? address.partnerLookup
        let partner = try reader.integer("partner_id", -5...Int64(Int32.max)) ?? -5
        guard partner == -5 || partner > 0 else {
            throw ConfigurationError(key: "partner_id", problem: "neither -5 nor a positive number")
        }
        address.ownPartner = partner > 0 ? Int32(exactly: partner) : nil
    }

    private mutating func readClock(_ reader: ConfigurationReader) throws(ConfigurationError) {
        syncPoints = try reader.bool("sync_points") ?? syncPoints
        syncPointInterval = try reader.integer("sync_point_interval_ms", 1000...3_600_000) ?? syncPointInterval
        syncPointHandler = try reader.string("sync_point_handler") ?? syncPointHandler
        guard !syncPointHandler.isEmpty, syncPointHandler.utf8.count <= 64 else {
            throw ConfigurationError(key: "sync_point_handler", problem: "empty, or longer than 64 bytes")
        }
        maxPTSDrift = try reader.integer("max_pts_drift_ms", 1000...3_600_000) ?? maxPTSDrift
    }

    private mutating func readCache(_ reader: ConfigurationReader) throws(ConfigurationError) {
        func milliseconds(_ key: String, _ range: ClosedRange<Int64>) throws(ConfigurationError) -> UInt64? {
            try reader.integer(key, range).map { UInt64(clamping: $0) }
        }
        cache.positiveMilliseconds = try milliseconds("auth_cache_ms", 0...600_000) ?? cache.positiveMilliseconds
        cache.maximumNegativeMilliseconds =
            try milliseconds("auth_negative_max_ms", 0...600_000) ?? cache.maximumNegativeMilliseconds
        let grace = try milliseconds("grace_seconds", 0...86_400)
        cache.graceMilliseconds = grace.map { $0 &* 1000 } ?? cache.graceMilliseconds
    }
}

/// Members of the configuration object, with the type and the range that they must have.
struct ConfigurationReader {
    let json: JSONValue

    private func value<Value>(
        _ key: String, _ wanted: String, _ read: (JSONValue) -> Value?
    ) throws(ConfigurationError) -> Value? {
        guard let found = json[key], found != .null else { return nil }
        guard let value = read(found) else { throw ConfigurationError(key: key, problem: "not \(wanted)") }
        return value
    }

    func string(_ key: String) throws(ConfigurationError) -> String? { try value(key, "a string") { $0.stringValue } }

    func bool(_ key: String) throws(ConfigurationError) -> Bool? { try value(key, "true or false") { $0.boolValue } }

    func integer(_ key: String, _ range: ClosedRange<Int64>) throws(ConfigurationError) -> Int64? {
        try value(key, "an integer within \(range.lowerBound)…\(range.upperBound)") {
            $0.int64Value.flatMap { range.contains($0) ? $0 : nil }
        }
    }

    func strings(_ key: String) throws(ConfigurationError) -> [String]? {
        try value(key, "a list of strings") { json in
            guard let items = json.arrayValue else { return nil }
            let texts = items.compactMap { $0.stringValue }
            return texts.count == items.count ? texts : nil
        }
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ key: String) throws(ConfigurationError) -> Choice?
    where Choice.RawValue == String {
        let words = Choice.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: " or ")
        return try value(key, words) { $0.stringValue.flatMap(Choice.init(rawValue:)) }
    }
}
