import Glibc
import KalturaBSON
import KalturaCore

/// What is on air. A document of `on_air` has, beside the table's columns, `partner_id` and `transcoded`, which quotas are counted by; its
/// times are dates, which MongoDB drops it by.
///
/// A place of a quota is taken in three steps: count the others, write the claim into the partner's document if nobody else did since
/// (`claim` counts), write the row. Who counts in between sees the claim. So two servers never both take the last place, with or without
/// transactions; a claim without a row is forgotten after ten seconds, which their clocks may differ by.
extension MongoCatalogue {
    /// Seconds that a claim counts before its row has to be there.
    private static var claimSeconds: Int64 { 10 }

    func take(
        _ place: CatalogueFinding.Place, hostname: String?, now: Int64, since begin: ContinuousClock.Instant
    ) throws(CatalogueError) -> Bool {
        let row = Self.row(place.entry, place.server)
        for attempt in 0... {
            try Self.checkTime(begin)
            let partner = try find("partners", ["_id": .int64(Int64(place.partner))], without: ["admin_secret"], .readPrimary)
                .first
            guard let partner else { throw .server("MongoDB: the partner's document went away") }
            let claims = Self.claims(partner, now)
            guard try Self.others(onAir(place, now), claims, place) < place.limit else { return false }
            guard let hostname else { return true }
            let own: BSONValue = [
                "row": .string(row), "entry_id": .string(place.entry.text), "transcoded": .bool(place.transcoded),
                "at": .date(now &* 1000),
            ]
            let version = partner["claim"]?.integer
            let kept = claims.filter { $0["row"]?.text != row }.map(BSONValue.document)
            let taken = try update(
                "partners", ["_id": .int64(Int64(place.partner)), "claim": version.map(BSONValue.int64) ?? .null],
                ["$set": ["claim": .int64((version ?? 0) &+ 1), "claims": .array(kept + [own])]])
            if taken == 1 {
                try mark(place.entry, place.server, hostname, status: 3, now: now, (Int64(place.partner), place.transcoded))
                return true
            }
            // Somebody else was faster: look again.
            usleep(UInt32.random(in: 500...2000) &* UInt32(clamping: min(attempt + 1, 20)))
        }
        return false
    }

    public func markOnAir(
        _ inputs: [(entry: EntryID, server: ServerIndex)], hostname: String, status: Int64, now: Int64
    ) throws(CatalogueError) {
        // Who is renewed is mostly there: all at once.
        let renewals = inputs.map { Self.renewal($0.entry, $0.server, hostname, status: status, now: now) }
        if status != 3, !renewals.isEmpty, try update("on_air", renewals, upsert: false) == Int64(renewals.count) { return }
        for input in inputs { try mark(input.entry, input.server, hostname, status: status, now: now, nil) }
    }

    public func clearOnAir(_ entry: EntryID, _ server: ServerIndex, hostname: String) throws(CatalogueError) {
        let row = Self.row(entry, server)
        let key: BSONDocument = ["_id": .string(row), "hostname": .string(hostname)]
        guard let there = try find("on_air", key, .readPrimary).first, try delete("on_air", key) == 1 else { return }
        guard let partner = there["partner_id"]?.integer else { return }
        try update(
            "partners", ["_id": .int64(partner)], ["$pull": ["claims": ["row": .string(row)]], "$inc": ["claim": .int64(1)]])
    }

    // MARK: - Parts

    private static func row(_ entry: EntryID, _ server: ServerIndex) -> String { "\(entry.text):\(server.rawValue)" }

    /// The claims that count.
    private static func claims(_ partner: BSONDocument, _ now: Int64) -> [BSONDocument] {
        (partner["claims"]?.array ?? []).compactMap(\.document).filter { claim in
            guard case .date(let at)? = claim["at"] else { return false }
            return at > (now &- claimSeconds) &* 1000
        }
    }

    /// The entries of the partner and kind that are on air.
    private func onAir(_ place: CatalogueFinding.Place, _ now: Int64) throws(CatalogueError) -> [String] {
        let query: BSONDocument = [
            "partner_id": .int64(Int64(place.partner)), "transcoded": .bool(place.transcoded),
            "updated_at": ["$gt": .date((now &- Self.onAirSeconds) &* 1000)],
            "status": ["$in": [.int64(1), .int64(2), .int64(3)]],
        ]
        let reply = try client.run(["distinct": "on_air", "key": "entry_id", "query": .document(query)], .readPrimary)
        return (reply["values"]?.array ?? []).compactMap(\.text)
    }

    /// How many entries beside this one have a place.
    private static func others(_ onAir: [String], _ claims: [BSONDocument], _ place: CatalogueFinding.Place) -> Int64 {
        let claimed = claims.filter { $0["transcoded"] == .bool(place.transcoded) }.compactMap { $0["entry_id"]?.text }
        return Int64(Set(onAir + claimed).subtracting([place.entry.text]).count)
    }

    private static func renewal(
        _ entry: EntryID, _ server: ServerIndex, _ hostname: String, status: Int64, now: Int64
    ) -> (filter: BSONDocument, change: BSONDocument) {
        let alive: BSONValue = ["$gt": .date((now &- onAirSeconds) &* 1000)]
        return (
            ["_id": .string(row(entry, server)), "updated_at": alive],
            ["$set": ["hostname": .string(hostname), "updated_at": .date(now &* 1000), "status": .int64(status)]]
        )
    }

    /// Writes one row. Being asked again (3) does not undo "broadcasting" or "playable" of the same, still living broadcast.
    private func mark(
        _ entry: EntryID, _ server: ServerIndex, _ hostname: String, status: Int64, now: Int64,
        _ known: (partner: Int64, transcoded: Bool)?
    ) throws(CatalogueError) {
        var (filter, change) = Self.renewal(entry, server, hostname, status: status, now: now)
        if status == 3 {
            var running = filter
            running["status"] = ["$in": [.int64(1), .int64(2)]]
            let kept: BSONDocument = ["$set": ["hostname": .string(hostname), "updated_at": .date(now &* 1000)]]
            if try update("on_air", running, kept) == 1 { return }
        }
        if try update("on_air", filter, change) == 1 { return }
        filter = ["_id": filter["_id"] ?? .null]
        var values = change["$set"]?.document ?? BSONDocument()
        let about: (partner: Int64, transcoded: Bool)
        if let known { about = known } else { about = try partner(of: entry) }
        values["entry_id"] = .string(entry.text)
        values["server_index"] = .int64(Int64(server.rawValue))
        values["started_at"] = .date(now &* 1000)
        values["partner_id"] = .int64(about.partner)
        values["transcoded"] = .bool(about.transcoded)
        change = ["$set": .document(values)]
        try update("on_air", filter, change, upsert: true)
    }

    private func partner(of entry: EntryID) throws(CatalogueError) -> (partner: Int64, transcoded: Bool) {
        let found = try find("entries", ["_id": .string(entry.text)], without: ["token", "token_sha256", "srt_pass"]).first
        let transcoded = try isTranscoded(found?.column("profile_id").integer)
        return (found?.column("partner_id").integer ?? 0, transcoded)
    }
}
