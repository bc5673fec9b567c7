import KalturaBSON
import KalturaCore
import SluiceJSON

extension MongoCatalogue {
    private static let hidden = ["admin_secret", "claims"]

    public func partners(after: Int64, limit: Int) throws(CatalogueError) -> [JSONValue] {
        try listing(try find("partners", ["_id": ["$gt": .int64(after)]], without: Self.hidden, limit: limit))
    }

    public func partner(_ id: Int64) throws(CatalogueError) -> JSONValue {
        guard let found = try listing(try find("partners", ["_id": .int64(id)], without: Self.hidden)).first else {
            throw .notFound("partner \(id)")
        }
        return found
    }

    public func addPartner(_ id: Int64, _ changes: [Change]) throws(CatalogueError) -> JSONValue {
        try Self.requirePartnerID(id)
        guard try insert("partners", Self.new(.int64(id), .partners, changes)) else { throw .exists("partner \(id)") }
        return try partner(id)
    }

    public func changePartner(_ id: Int64, _ changes: [Change]) throws(CatalogueError) -> JSONValue {
        if !changes.isEmpty, try update("partners", ["_id": .int64(id)], Self.set(changes)) == 0 {
            throw .notFound("partner \(id)")
        }
        return try partner(id)
    }

    public func removePartner(_ id: Int64, withEntries: Bool) throws(CatalogueError) {
        _ = try partner(id)
        let owned: BSONDocument = ["partner_id": .int64(id)]
        let entries = try count("entries", owned)
        guard entries == 0 || withEntries else { throw Self.inUse(id, entries) }
        if entries > 0 {
            try delete("on_air", owned)
            try delete("entries", owned)
        }
        try delete("partners", ["_id": .int64(id)])
    }

    private func listing(_ partners: [BSONDocument]) throws(CatalogueError) -> [JSONValue] {
        guard !partners.isEmpty else { return [] }
        let ids = partners.compactMap { $0["_id"] }
        let reply = try client.run(
            [
                "aggregate": "entries",
                "pipeline": [
                    ["$match": ["partner_id": ["$in": .array(ids)]]],
                    ["$group": ["_id": "$partner_id", "n": ["$sum": .int32(1)]]],
                ],
                "cursor": ["batchSize": .int64(Int64(ids.count + 1))],
            ], .read)
        var counts: [Int64: Int64] = [:]
        for group in (reply["cursor"]?.document?["firstBatch"]?.array ?? []).compactMap(\.document) {
            if let id = group["_id"]?.integer { counts[id] = group["n"]?.integer }
        }
        return partners.map { partner in
            let id = partner.column("id")
            return Field.partnerJSON(id: id, entries: .integer(id.integer.flatMap { counts[$0] } ?? 0), partner.column)
        }
    }

    /// A new document: every column, with its default or what is given.
    static func new(_ id: BSONValue, _ table: CatalogueBatch.Table, _ changes: [Change]) -> BSONDocument {
        var document: BSONDocument = ["_id": id]
        for column in table.columns.dropFirst() { document[column] = BSONValue(CatalogueRecord.defaults[column] ?? .null) }
        for change in changes { document[change.column] = BSONValue(change.value) }
        return document
    }

    /// Column names are ours, never a request's.
    static func set(_ changes: [Change]) -> BSONDocument {
        ["$set": .document(BSONDocument(changes.map { ($0.column, BSONValue($0.value)) }))]
    }
}
