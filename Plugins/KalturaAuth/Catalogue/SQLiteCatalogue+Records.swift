extension SQLiteCatalogue {
    public func put(_ batch: CatalogueBatch) throws(CatalogueError) {
        try write { (connection) throws(CatalogueError) in
            for table in CatalogueBatch.Table.allCases {
                for record in batch[table] {
                    try Self.insert(table.rawValue, ["id": record.id], record.values, connection)
                    guard table == .profiles else { continue }
                    try connection.run("DELETE FROM flavors WHERE profile_id=?1", [record.id])
                    for flavor in record.flavors { try Self.insert("flavors", ["profile_id": record.id], flavor, connection) }
                }
            }
        }
    }

    public func page(
        _ table: CatalogueBatch.Table, after: StoredValue?, limit: Int
    ) throws(CatalogueError) -> [CatalogueRecord] {
        let columns = table.columns
        let sql =
            "SELECT \(columns.joined(separator: ",")) FROM \(table.rawValue) "
            + (after == nil ? "" : "WHERE id>?2 ") + "ORDER BY id LIMIT ?1"
        return try read { (connection) throws(CatalogueError) in
            var records: [CatalogueRecord] = []
            for row in try connection.run(sql, [.integer(Int64(limit))] + (after.map { [$0] } ?? [])) {
                var record = CatalogueRecord(row[0], Self.values(row, columns, from: 1))
                if table == .profiles { record.flavors = try Self.flavors(record.id, connection) }
                records.append(record)
            }
            return records
        }
    }

    private static func flavors(_ profile: StoredValue, _ connection: Connection) throws(CatalogueError) -> [[String:
        StoredValue]]
    {
        let columns = CatalogueBatch.flavorColumns
        let sql = "SELECT \(columns.joined(separator: ",")) FROM flavors WHERE profile_id=?1 ORDER BY id"
        return try connection.run(sql, [profile]).map { values($0, columns, from: 0) }
    }

    private static func values(_ row: SQLRow, _ columns: [String], from first: Int) -> [String: StoredValue] {
        Dictionary(
            uniqueKeysWithValues: columns.indices.dropFirst(first).compactMap { row[$0] == .null ? nil : (columns[$0], row[$0]) })
    }

    /// Column names are ours, never an import's.
    private static func insert(
        _ table: String, _ key: [String: StoredValue], _ values: [String: StoredValue], _ connection: Connection
    ) throws(CatalogueError) {
        let all = (Array(key) + Array(values)).sorted { $0.key < $1.key }
        let columns = all.map(\.key).joined(separator: ",")
        let places = (1...all.count).map { "?\($0)" }.joined(separator: ",")
        try connection.run("INSERT OR REPLACE INTO \(table)(\(columns)) VALUES(\(places))", all.map(\.value))
    }
}
