import Formats
import KalturaCore

extension SQLiteCatalogue {
    /// Decides by the rules and in the order of SPEC §12, with the API's reasons (§5.1).
    ///
    /// A partner mismatch comes first and looks like NO_ENTRY, as it does at the API, where another partner's entry is not found.
    public func authenticate(_ question: CatalogueQuestion) throws(Refusal) -> LiveEntry {
        let answer: Result<LiveEntry, Refusal>
        do throws(CatalogueError) {
            let found = try read { (connection) throws(CatalogueError) in try Self.lookUp(question.credentials, connection) }
            answer = try decide(found, question)
        } catch {
            throw Refusal(.backendDown, detail: error.description)
        }
        return try answer.get()
    }

    /// What one look-up yields; of an unknown entry the same, with nothing in it.
    private struct Found: Sendable {
        var entry: LiveEntry?
        var enabled: Bool
        var tokenIsRight: Bool
        var partnerExists: Bool
        var blocked: Bool
        var liveEnabled: Bool
        /// The partner's limit for entries that are transcoded as this one is.
        var limit: Int64?
        var transcoded: Bool
    }

    /// One statement that yields one row whether the entry exists or not.
    private static let lookUp = """
        SELECT e.id, e.partner_id, e.name, e.token, e.token_sha256, e.profile_id, e.enabled, e.valid_from, e.valid_to,
          e.allowed_sources, e.record_status, e.recording_status, e.dvr_status, e.dvr_window_min, e.segment_ms,
          e.explicit_live, e.view_mode, p.id, p.blocked, p.live_enabled, p.max_passthrough, p.max_transcoded,
          EXISTS(SELECT 1 FROM flavors f WHERE f.profile_id=e.profile_id AND f.origin=0)
        FROM (SELECT ?1 AS id) asked LEFT JOIN entries e ON e.id=asked.id
          LEFT JOIN partners p ON p.id=COALESCE(e.partner_id,?2)
        """

    private static func lookUp(_ asked: Credentials, _ connection: Connection) throws(CatalogueError) -> Found {
        let values: [SQLValue] = [.text(asked.entry.text), .integer(Int64(asked.partner ?? 0))]
        guard let row = try connection.run(lookUp, values).first else { throw .database(code: 0, "no answer") }
        // An entry without any token costs the same hash and admits nobody.
        let stored = row[4].text.flatMap { $0.isEmpty ? nil : Hex.bytes($0) ?? [] }
        let digest = stored ?? SHA256.digest(Array((row[3].text ?? "--none--").utf8))
        let hasToken = !(row[4].text ?? "").isEmpty || !(row[3].text ?? "").isEmpty
        let matches = asked.token.matches(digest: digest)
        let transcoded = row[22].isTrue
        return Found(
            entry: entry(row), enabled: row[6].isTrue, tokenIsRight: matches && hasToken, partnerExists: row[17] != .null,
            blocked: row[18].isTrue, liveEnabled: row[19].isTrue, limit: row[transcoded ? 21 : 20].integer,
            transcoded: transcoded)
    }

    private static func entry(_ row: SQLRow) -> LiveEntry? {
        guard let id = row[0].text.flatMap({ EntryID($0) }), let partner = row[1].integer.flatMap({ Int32(exactly: $0) })
        else { return nil }
        func small(_ column: Int) -> Int32 { Int32(clamping: row[column].integer ?? 0) }
        var entry = LiveEntry(id: id, partner: partner)
        entry.name = row[2].text ?? ""
        entry.conversionProfile = row[5].integer ?? 0
        entry.validFrom = row[7].integer
        entry.validTo = row[8].integer
        entry.allowedSources = SourceList(row[9].text ?? "")
        entry.recordStatus = small(10)
        entry.recordingStatus = small(11)
        entry.dvrStatus = small(12)
        entry.dvrWindow = row[13].integer
        entry.segmentDuration = row[14].integer
        entry.explicitLive = row[15].isTrue
        entry.viewMode = small(16)
        return entry
    }

    private func decide(_ found: Found, _ question: CatalogueQuestion) throws(CatalogueError) -> Result<LiveEntry, Refusal> {
        func no(_ reason: RefusalReason, _ detail: String = "", cause: RefusalReason? = nil) -> Result<LiveEntry, Refusal> {
            .failure(Refusal(reason, cause: cause, detail: detail))
        }
        guard let entry = found.entry else { return no(.noEntry) }
        guard found.enabled else { return no(.noEntry, "the entry is disabled") }
        if let partner = question.credentials.partner, partner != entry.partner {
            return no(.noEntry, "the address names partner \(partner), the entry is another's", cause: .partnerMismatch)
        }
        guard found.partnerExists else { return no(.noEntry, "the entry's partner \(entry.partner) has no row") }
        guard !found.blocked else { return no(.blocked) }
        guard found.liveEnabled else { return no(.noPermission, "partner \(entry.partner) is not enabled for live") }
        guard found.tokenIsRight else { return no(.badToken) }
        if let objection = entry.objection(source: question.source, now: question.now) { return .failure(objection) }
        if let limit = found.limit {
            let place = Place(
                entry: entry.id, partner: entry.partner, server: question.credentials.server, transcoded: found.transcoded,
                limit: limit)
            guard try take(place, hostname: question.hostname, now: question.now) else {
                return no(.quota, "partner \(entry.partner) has \(limit) \(found.transcoded ? "transcoded" : "pass-through")")
            }
        }
        return .success(entry)
    }
}
