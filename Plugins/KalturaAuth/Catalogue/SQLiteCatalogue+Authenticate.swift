import KalturaCore

extension SQLiteCatalogue {
    public func authenticate(_ question: CatalogueQuestion) throws(Refusal) -> LiveEntry {
        let answer: Result<LiveEntry, Refusal>
        do throws(CatalogueError) {
            let found = try read { (connection) throws(CatalogueError) in try Self.lookUp(question.credentials, connection) }
            answer = try found.decide(question) { (place) throws(CatalogueError) in
                try take(place, hostname: question.hostname, now: question.now)
            }
        } catch {
            throw Refusal(.backendDown, detail: error.description)
        }
        return try answer.get()
    }

    /// In the order of the statement's columns.
    private static let columns = CatalogueBatch.Table.entries.columns
    private static let places = Dictionary(uniqueKeysWithValues: columns.enumerated().map { ($1, $0) })

    /// One statement that yields one row whether the entry exists or not.
    private static let lookUp =
        "SELECT " + columns.map { "e.\($0)" }.joined(separator: ", ") + """
            , p.id, p.blocked, p.live_enabled, p.max_passthrough, p.max_transcoded,
              EXISTS(SELECT 1 FROM flavors f WHERE f.profile_id=e.profile_id AND f.origin=0)
            FROM (SELECT ?1 AS id) asked LEFT JOIN entries e ON e.id=asked.id
              LEFT JOIN partners p ON p.id=COALESCE(e.partner_id,?2)
            """

    private static func lookUp(_ asked: Credentials, _ connection: Connection) throws(CatalogueError) -> CatalogueFinding {
        let values: [StoredValue] = [.text(asked.entry.text), .integer(Int64(asked.partner ?? 0))]
        guard let row = try connection.run(lookUp, values).first else { throw .database(code: 0, "no answer") }
        func value(_ column: String) -> StoredValue { places[column].map { row[$0] } ?? .null }
        let partner = columns.count
        let transcoded = row[partner + 5].isTrue
        return CatalogueFinding(
            entry: LiveEntry(value), enabled: value("enabled").isTrue,
            tokenIsRight: CatalogueFinding.matches(asked.token, token: value("token").text, sha256: value("token_sha256").text),
            partnerExists: row[partner] != .null, blocked: row[partner + 1].isTrue, liveEnabled: row[partner + 2].isTrue,
            limit: row[partner + (transcoded ? 4 : 3)].integer, transcoded: transcoded)
    }
}
