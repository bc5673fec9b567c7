import KalturaBSON
import KalturaCore
import SluiceJSON

extension MongoCatalogue {
    public func entries(partner: Int64?, after: String, limit: Int) throws(CatalogueError) -> [JSONValue] {
        var filter: BSONDocument = ["_id": ["$gt": .string(after)]]
        if let partner { filter["partner_id"] = .int64(partner) }
        return try find("entries", filter, without: ["srt_pass"], limit: limit).map { Field.entryJSON($0.column) }
    }

    public func entry(_ id: EntryID) throws(CatalogueError) -> JSONValue {
        guard let found = try find("entries", ["_id": .string(id.text)], without: ["srt_pass"]).first else {
            throw .notFound("entry \(id)")
        }
        return Field.entryJSON(found.column)
    }

    public func addEntry(
        _ id: EntryID, partner: Int64, _ secret: TokenSecret, _ changes: [Change]
    ) throws(CatalogueError) -> JSONValue {
        try requirePartner(partner)
        let all = changes + secret.changes + [Change("partner_id", .integer(partner))]
        guard try insert("entries", Self.new(.string(id.text), .entries, all)) else { throw .exists("entry \(id)") }
        return try entry(id)
    }

    public func changeEntry(
        _ id: EntryID, partner: Int64?, _ secret: TokenSecret?, _ changes: [Change]
    ) throws(CatalogueError) -> JSONValue {
        var all = changes + (secret?.changes ?? [])
        if let partner {
            _ = try entry(id)
            try requirePartner(partner)
            all.append(Change("partner_id", .integer(partner)))
        }
        if !all.isEmpty, try update("entries", ["_id": .string(id.text)], Self.set(all)) == 0 { throw .notFound("entry \(id)") }
        return try entry(id)
    }

    public func removeEntry(_ id: EntryID) throws(CatalogueError) {
        try delete("on_air", ["entry_id": .string(id.text)])
        guard try delete("entries", ["_id": .string(id.text)]) > 0 else { throw .notFound("entry \(id)") }
    }

    private func requirePartner(_ id: Int64) throws(CatalogueError) {
        guard try !find("partners", ["_id": .int64(id)], without: ["admin_secret", "claims"]).isEmpty else {
            throw Self.noPartner(id)
        }
    }

    public func put(_ batch: CatalogueBatch) throws(CatalogueError) {
        try prepare()
        for table in CatalogueBatch.Table.allCases {
            var rest = batch[table][...]
            while !rest.isEmpty {
                let statements = rest.prefix(table.pageSize).map { record in
                    (
                        filter: ["_id": BSONValue(record.id)] as BSONDocument,
                        change: ["$set": .document(BSONDocument(record, table))] as BSONDocument
                    )
                }
                rest = rest.dropFirst(table.pageSize)
                let taken = try update(table.rawValue, statements, upsert: true)
                guard taken == Int64(statements.count) else {
                    throw .server("MongoDB: only \(taken) of \(statements.count) were taken")
                }
            }
        }
    }

    public func page(
        _ table: CatalogueBatch.Table, after: StoredValue?, limit: Int
    ) throws(CatalogueError) -> [CatalogueRecord] {
        let filter: BSONDocument = after.map { ["_id": ["$gt": BSONValue($0)]] } ?? BSONDocument()
        // At least two, so that they come in order.
        return try find(table.rawValue, filter, limit: max(limit, 2), .readPrimary).map { $0.record(table) }
    }
}
