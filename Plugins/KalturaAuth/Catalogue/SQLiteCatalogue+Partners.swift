import KalturaCore
import SluiceJSON

extension SQLiteCatalogue {
    /// Partners in the order of their ids, from the first beyond `after`; never their secrets.
    func partners(after: Int64, limit: Int) throws(CatalogueError) -> [JSONValue] {
        let sql = Self.partnerSelect + " WHERE id>?1 ORDER BY id LIMIT ?2"
        return try read { (connection) throws(CatalogueError) in
            try connection.run(sql, [.integer(after), .integer(Int64(limit))]).map(Self.partner)
        }
    }

    func partner(_ id: Int64) throws(CatalogueError) -> JSONValue {
        try read { (connection) throws(CatalogueError) in try Self.partner(id, connection) }
    }

    func addPartner(_ id: Int64, _ changes: [Change]) throws(CatalogueError) -> JSONValue {
        guard (1...Int64(Int32.max)).contains(id) else {
            throw .invalid("a partner's id is a whole number from 1 to \(Int32.max)")
        }
        return try write { (connection) throws(CatalogueError) in
            guard try connection.run("SELECT 1 FROM partners WHERE id=?1", [.integer(id)]).isEmpty else {
                throw .exists("partner \(id)")
            }
            try connection.run("INSERT INTO partners(id) VALUES(?1)", [.integer(id)])
            try Self.apply(changes, "partners", key: .integer(id), connection)
            return try Self.partner(id, connection)
        }
    }

    func changePartner(_ id: Int64, _ changes: [Change]) throws(CatalogueError) -> JSONValue {
        try write { (connection) throws(CatalogueError) in
            _ = try Self.partner(id, connection)
            try Self.apply(changes, "partners", key: .integer(id), connection)
            return try Self.partner(id, connection)
        }
    }

    /// Removes a partner; one that has entries only together with them.
    func removePartner(_ id: Int64, withEntries: Bool) throws(CatalogueError) {
        try write { (connection) throws(CatalogueError) in
            _ = try Self.partner(id, connection)
            let key: [SQLValue] = [.integer(id)]
            let entries = try connection.run("SELECT COUNT(*) FROM entries WHERE partner_id=?1", key).first?[0].integer ?? 0
            guard entries == 0 || withEntries else {
                throw .inUse("partner \(id) has \(entries) entries; remove them first, or all together with --with-entries")
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
        var members: JSONObject = ["id": .integer(row[0].integer ?? 0)]
        for (i, field) in Field.partner.enumerated() { members[field.name] = field.json(row[i + 2]) }
        members["entries"] = .integer(row[1].integer ?? 0)
        return .object(members)
    }

    /// Stores values in the row of that id. Column names are ours, never a request's.
    static func apply(
        _ changes: [Change], _ table: String, key: SQLValue, _ connection: Connection
    ) throws(CatalogueError) {
        for change in changes {
            try connection.run("UPDATE \(table) SET \(change.column)=?2 WHERE id=?1", [key, change.value])
        }
    }
}
