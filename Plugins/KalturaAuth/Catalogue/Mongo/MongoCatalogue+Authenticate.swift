import KalturaBSON
import KalturaCore

extension MongoCatalogue {
    public func authenticate(_ question: CatalogueQuestion) throws(Refusal) -> LiveEntry {
        let begin = ContinuousClock.now
        let answer: Result<LiveEntry, Refusal>
        do throws(CatalogueError) {
            let found = try lookUp(question.credentials, since: begin)
            answer = try found.decide(question) { (place) throws(CatalogueError) in
                try take(place, hostname: question.hostname, now: question.now, since: begin)
            }
        } catch {
            throw Refusal(.backendDown, detail: error.description)
        }
        return try answer.get()
    }

    /// Two questions whether the entry exists or not; a third, for the profile, when the partner has a limit.
    private func lookUp(_ asked: Credentials, since begin: ContinuousClock.Instant) throws(CatalogueError) -> CatalogueFinding {
        let entry = try find("entries", ["_id": .string(asked.entry.text)]).first ?? BSONDocument()
        try Self.checkTime(begin)
        let id = entry.column("partner_id").integer ?? Int64(asked.partner ?? 0)
        let partner = try find("partners", ["_id": .int64(id)], without: ["admin_secret", "claims"]).first
        let tokenIsRight = CatalogueFinding.matches(
            asked.token, token: entry.column("token").text, sha256: entry.column("token_sha256").text)
        var found = CatalogueFinding(
            entry: LiveEntry(entry.column), enabled: entry.column("enabled").isTrue, tokenIsRight: tokenIsRight,
            partnerExists: partner != nil, blocked: partner?.column("blocked").isTrue ?? false,
            liveEnabled: partner?.column("live_enabled").isTrue ?? false)
        let limits = ["max_passthrough", "max_transcoded"].map { partner?.column($0).integer }
        guard found.entry != nil, limits.contains(where: { $0 != nil }) else { return found }
        try Self.checkTime(begin)
        found.transcoded = try isTranscoded(entry.column("profile_id").integer)
        found.limit = limits[found.transcoded ? 1 : 0]
        return found
    }

    func isTranscoded(_ profile: Int64?) throws(CatalogueError) -> Bool {
        guard let profile else { return false }
        return try find("profiles", ["_id": .int64(profile)], without: ["template_xml"]).first?.isTranscoding ?? false
    }

    static func checkTime(_ begin: ContinuousClock.Instant) throws(CatalogueError) {
        if ContinuousClock.now - begin > patience { throw .server("MongoDB: the answers take too long") }
    }
}
