import KalturaCore

extension SQLiteCatalogue {
    private static let others = """
        SELECT COUNT(DISTINCT o.entry_id) FROM on_air o JOIN entries e ON e.id=o.entry_id
        WHERE e.partner_id=?1 AND o.entry_id<>?2 AND o.updated_at>?3 AND o.status IN (1,2,3)
          AND EXISTS(SELECT 1 FROM flavors f WHERE f.profile_id=e.profile_id AND f.origin=0)=?4
        """

    /// Whether the entry finds a place beside the others on air; with a host name the place is taken in the same transaction, so
    /// that two servers cannot both take the last one.
    func take(_ place: CatalogueFinding.Place, hostname: String?, now: Int64) throws(CatalogueError) -> Bool {
        let values: [StoredValue] = [
            .integer(Int64(place.partner)), .text(place.entry.text), .integer(now &- Self.onAirSeconds),
            StoredValue(place.transcoded),
        ]
        func isFree(_ connection: Connection) throws(CatalogueError) -> Bool {
            (try connection.run(Self.others, values).first?[0].integer ?? 0) < place.limit
        }
        guard let hostname else { return try read(isFree) }
        return try write { (connection) throws(CatalogueError) in
            guard try isFree(connection) else { return false }
            try Self.mark(connection, place.entry, place.server, hostname, status: 3, now: now)
            return true
        }
    }

    public func markOnAir(
        _ inputs: [(entry: EntryID, server: ServerIndex)], hostname: String, status: Int64, now: Int64
    ) throws(CatalogueError) {
        try write { (connection) throws(CatalogueError) in
            for input in inputs {
                try Self.mark(connection, input.entry, input.server, hostname, status: status, now: now)
            }
        }
    }

    public func clearOnAir(_ entry: EntryID, _ server: ServerIndex, hostname: String) throws(CatalogueError) {
        try write { (connection) throws(CatalogueError) in
            let sql = "DELETE FROM on_air WHERE entry_id=?1 AND server_index=?2 AND hostname=?3"
            try connection.run(sql, [.text(entry.text), .integer(Int64(server.rawValue)), .text(hostname)])
        }
    }

    private static func mark(
        _ connection: Connection, _ entry: EntryID, _ server: ServerIndex, _ hostname: String, status: Int64, now: Int64
    ) throws(CatalogueError) {
        // Being asked again (3) does not undo "broadcasting" or "playable" of the same, still living broadcast.
        let sql = """
            INSERT INTO on_air(entry_id, server_index, hostname, status, started_at, updated_at) VALUES(?1,?2,?3,?4,?5,?5)
            ON CONFLICT(entry_id, server_index) DO UPDATE SET hostname=excluded.hostname, updated_at=excluded.updated_at,
              status=CASE WHEN excluded.status=3 AND status IN (1,2) AND updated_at>?6 THEN status ELSE excluded.status END,
              started_at=CASE WHEN updated_at>?6 THEN started_at ELSE excluded.started_at END
            """
        let values: [StoredValue] = [
            .text(entry.text), .integer(Int64(server.rawValue)), .text(hostname), .integer(status), .integer(now),
            .integer(now &- onAirSeconds),
        ]
        try connection.run(sql, values)
    }
}
