import KalturaCore
import SluiceJSON

extension SQLiteCatalogue {
    public func partners(after: Int64, limit: Int) throws(CatalogueError) -> [JSONValue] {
        let sql = Self.partnerSelect + " WHERE id>?1 ORDER BY id LIMIT ?2"
        return try read { (connection) throws(CatalogueError) in
            try connection.run(sql, [.integer(after), .integer(Int64(limit))]).map(Self.partner)
        }
    }

    public func partner(_ id: Int64) throws(CatalogueError) -> JSONValue {
        try read { (connection) throws(CatalogueError) in try Self.partner(id, connection) }
    }

    public func addPartner(_ id: Int64, _ changes: [Change]) throws(CatalogueError) -> JSONValue {
        try Self.requirePartnerID(id)
        return try write { (connection) throws(CatalogueError) in
            guard try connection.run("SELECT 1 FROM partners WHERE id=?1", [.integer(id)]).isEmpty else {
                throw .exists("partner \(id)")
            }
            try connection.run("INSERT INTO partners(id) VALUES(?1)", [.integer(id)])
            try Self.apply(changes, "partners", key: .integer(id), connection)
            return try Self.partner(id, connection)
        }
    }

    public func changePartner(_ id: Int64, _ changes: [Change]) throws(CatalogueError) -> JSONValue {
        try write { (connection) throws(CatalogueError) in
            _ = try Self.partner(id, connection)
            try Self.apply(changes, "partners", key: .integer(id), connection)
            return try Self.partner(id, connection)
        }
    }

    public func removePartner(_ id: Int64, withEntries: Bool) throws(CatalogueError) {
        try write { (connection) throws(CatalogueError) in
            _ = try Self.partner(id, connection)
            let key: [StoredValue] = [.integer(id)]
            let entries = try connection.run("SELECT COUNT(*) FROM entries WHERE partner_id=?1", key).first?[0].integer ?? 0
            guard entries == 0 || withEntries else {
                throw Self.inUse(id, entries)
            }
            try connection.run(
                "DELETE FROM on_air WHERE entry_id IN (SELECT id FROM entries WHERE partner_id=?1)", key)
            try connection.run("DELETE FROM entries WHERE partner_id=?1", key)
            try connection.run("DELETE FROM partners WHERE id=?1", key)
        }
    }

    private static let partnerSelect =
        "SELECT id, (SELECT COUNT(*) FROM entries e WHERE e.partner_id=partners.id), "
        + Field.partner.map(\.column).joined(separator: ", ") + " FROM partners"

    private static func partner(_ id: Int64, _ connection: Connection) throws(CatalogueError) -> JSONValue {
        guard let row = try connection.run(partnerSelect + " WHERE id=?1", [.integer(id)]).first else {
            throw .notFound("partner \(id)")
        }
        return partner(row)
    }

    private static func partner(_ row: SQLRow) -> JSONValue {
        let columns = Field.partner.map(\.column)
        return Field.partnerJSON(id: row[0], entries: row[1]) { column in
            columns.firstIndex(of: column).map { row[$0 + 2] } ?? .null
        }
    }

    /// Stores values in the row of that id. Column names are ours, never a request's.
    static func apply(
        _ changes: [Change], _ table: String, key: StoredValue, _ connection: Connection
    ) throws(CatalogueError) {
        for change in changes {
            try connection.run("UPDATE \(table) SET \(change.column)=?2 WHERE id=?1", [key, change.value])
        }
    }
}
