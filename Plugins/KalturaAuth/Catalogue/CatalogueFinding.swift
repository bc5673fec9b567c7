import Formats
import KalturaCore

/// What one look-up of credentials yields; of an unknown entry the same, with nothing in it. The decision is every store's (SPEC §12).
struct CatalogueFinding: Sendable {
    var entry: LiveEntry?
    var enabled = false
    var tokenIsRight = false
    var partnerExists = false
    var blocked = false
    var liveEnabled = false
    /// The partner's limit for entries that are transcoded as this one is.
    var limit: Int64?
    var transcoded = false

    /// Whether a token opens an entry that stores these two. An entry without any costs the same hash and admits nobody.
    static func matches(_ asked: Token, token: String?, sha256: String?) -> Bool {
        let stored = sha256.flatMap { $0.isEmpty ? nil : Hex.bytes($0) ?? [] }
        let digest = stored ?? SHA256.digest(Array((token ?? "--none--").utf8))
        let hasToken = !(sha256 ?? "").isEmpty || !(token ?? "").isEmpty
        return asked.matches(digest: digest) && hasToken
    }

    /// Decides in the order of SPEC §12, with the API's reasons (§5.1). `take` answers whether a place of a quota could be had.
    ///
    /// A partner mismatch comes first and looks like NO_ENTRY, as it does at the API, where another partner's entry is not found.
    func decide(
        _ question: CatalogueQuestion, take: (Place) throws(CatalogueError) -> Bool
    ) throws(CatalogueError) -> Result<LiveEntry, Refusal> {
        func no(_ reason: RefusalReason, _ detail: String = "", cause: RefusalReason? = nil) -> Result<LiveEntry, Refusal> {
            .failure(Refusal(reason, cause: cause, detail: detail))
        }
        guard let entry else { return no(.noEntry) }
        guard enabled else { return no(.noEntry, "the entry is disabled") }
        if let partner = question.credentials.partner, partner != entry.partner {
            return no(.noEntry, "the address names partner \(partner), the entry is another's", cause: .partnerMismatch)
        }
        guard partnerExists else { return no(.noEntry, "the entry's partner \(entry.partner) has no row") }
        guard !blocked else { return no(.blocked) }
        guard liveEnabled else { return no(.noPermission, "partner \(entry.partner) is not enabled for live") }
        guard tokenIsRight else { return no(.badToken) }
        if let objection = entry.objection(source: question.source, now: question.now) { return .failure(objection) }
        if let limit {
            let place = Place(
                entry: entry.id, partner: entry.partner, server: question.credentials.server, transcoded: transcoded, limit: limit
            )
            guard try take(place) else {
                return no(.quota, "partner \(entry.partner) has \(limit) \(transcoded ? "transcoded" : "pass-through")")
            }
        }
        return .success(entry)
    }

    /// A place of a partner's quota.
    struct Place: Sendable {
        var entry: EntryID
        var partner: Int32
        var server: ServerIndex
        var transcoded: Bool
        var limit: Int64
    }
}

extension LiveEntry {
    /// The entry that a record's columns describe; nil when it has no usable id or partner.
    init?(_ value: (String) -> StoredValue) {
        guard let id = value("id").text.flatMap({ EntryID($0) }),
            let partner = value("partner_id").integer.flatMap({ Int32(exactly: $0) })
        else { return nil }
        func small(_ column: String) -> Int32 { Int32(clamping: value(column).integer ?? 0) }
        self.init(id: id, partner: partner)
        name = value("name").text ?? ""
        conversionProfile = value("profile_id").integer ?? 0
        validFrom = value("valid_from").integer
        validTo = value("valid_to").integer
        allowedSources = SourceList(value("allowed_sources").text ?? "")
        recordStatus = small("record_status")
        recordingStatus = small("recording_status")
        dvrStatus = small("dvr_status")
        dvrWindow = value("dvr_window_min").integer
        segmentDuration = value("segment_ms").integer
        explicitLive = value("explicit_live").isTrue
        viewMode = small("view_mode")
    }
}
