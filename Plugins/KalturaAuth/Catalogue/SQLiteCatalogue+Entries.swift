import KalturaCore
import SluiceJSON

extension SQLiteCatalogue {
    public func entries(partner: Int64?, after: String, limit: Int) throws(CatalogueError) -> [JSONValue] {
        let values: [StoredValue] = [.text(after), .integer(Int64(limit))] + (partner.map { [.integer($0)] } ?? [])
        let sql = Self.entrySelect + " WHERE id>?1\(partner == nil ? "" : " AND partner_id=?3") ORDER BY id LIMIT ?2"
        return try read { (connection) throws(CatalogueError) in try connection.run(sql, values).map(Self.entry) }
    }

    public func entry(_ id: EntryID) throws(CatalogueError) -> JSONValue {
        try read { (connection) throws(CatalogueError) in try Self.entry(id, connection) }
    }

    public func addEntry(_ id: EntryID, partner: Int64, _ secret: TokenSecret, _ changes: [Change]) throws(CatalogueError)
        -> JSONValue
    {
        try write { (connection) throws(CatalogueError) in
            guard try connection.run("SELECT 1 FROM entries WHERE id=?1", [.text(id.text)]).isEmpty else {
                throw .exists("entry \(id)")
            }
            try Self.requirePartner(partner, connection)
            try connection.run("INSERT INTO entries(id, partner_id) VALUES(?1,?2)", [.text(id.text), .integer(partner)])
            try Self.apply(changes + secret.changes, "entries", key: .text(id.text), connection)
            return try Self.entry(id, connection)
        }
    }

    public func changeEntry(
        _ id: EntryID, partner: Int64?, _ secret: TokenSecret?, _ changes: [Change]
    ) throws(CatalogueError) -> JSONValue {
        try write { (connection) throws(CatalogueError) in
            _ = try Self.entry(id, connection)
            var all = changes + (secret?.changes ?? [])
            if let partner {
                try Self.requirePartner(partner, connection)
                all.append(Change("partner_id", .integer(partner)))
            }
            try Self.apply(all, "entries", key: .text(id.text), connection)
            return try Self.entry(id, connection)
        }
    }

    public func removeEntry(_ id: EntryID) throws(CatalogueError) {
        try write { (connection) throws(CatalogueError) in
            _ = try Self.entry(id, connection)
            try connection.run("DELETE FROM on_air WHERE entry_id=?1", [.text(id.text)])
            try connection.run("DELETE FROM entries WHERE id=?1", [.text(id.text)])
        }
    }

    private static func requirePartner(_ id: Int64, _ connection: Connection) throws(CatalogueError) {
        guard try !connection.run("SELECT 1 FROM partners WHERE id=?1", [.integer(id)]).isEmpty else {
            throw noPartner(id)
        }
    }

    private static let entrySelect =
        "SELECT id, partner_id, token, token_sha256, " + Field.entry.map(\.column).joined(separator: ", ") + " FROM entries"

    private static func entry(_ id: EntryID, _ connection: Connection) throws(CatalogueError) -> JSONValue {
        guard let row = try connection.run(entrySelect + " WHERE id=?1", [.text(id.text)]).first else {
            throw .notFound("entry \(id)")
        }
        return entry(row)
    }

    private static func entry(_ row: SQLRow) -> JSONValue {
        let columns = ["id", "partner_id", "token", "token_sha256"] + Field.entry.map(\.column)
        return Field.entryJSON { column in columns.firstIndex(of: column).map { row[$0] } ?? .null }
    }
}
