import KalturaBSON

/// Databases, collections and documents in memory, and the commands on them that the catalogue uses.
///
/// A test double: no index is used but `_id`'s and unique ones are checked, nothing expires, no sessions, no transactions.
struct MongoData {
    struct Collection {
        var documents: [BSONValue: BSONDocument] = [:]
        /// Names of fields, of unique indexes.
        var unique: [[String]] = []
    }

    /// The server's error: number and name.
    struct Failure: Error {
        let code: Int32
        let name: String

        static let duplicate = Failure(code: 11000, name: "DuplicateKey")
        static let notFound = Failure(code: 59, name: "CommandNotFound")
        static let notPrimary = Failure(code: 10107, name: "NotWritablePrimary")
        static let badValue = Failure(code: 2, name: "BadValue")
    }

    /// By `database.collection`.
    private(set) var collections: [String: Collection] = [:]
    private(set) var indexes: [String: [BSONDocument]] = [:]

    mutating func run(_ command: BSONDocument) throws(Failure) -> BSONDocument {
        guard let first = command.members.first else { throw .badValue }
        let place = "\(command["$db"]?.text ?? "test").\(first.value.text ?? "")"
        switch first.name {
        case "ping", "endSessions": return [:]
        case "find": return try find(place, command)
        case "count": return ["n": .int64(Int64(try matching(place, command["query"]?.document ?? [:]).count))]
        case "distinct": return try distinct(place, command)
        case "aggregate": return try aggregate(place, command)
        case "insert":
            return try write(command["documents"], place) { (data, item) throws(Failure) in
                try data.insert(place, item)
                return 1
            }
        case "update":
            return try write(command["updates"], place) { (data, item) throws(Failure) in try data.update(place, item) }
        case "delete":
            return try write(command["deletes"], place) { (data, item) throws(Failure) in
                let found = try data.matching(place, item["q"]?.document ?? [:])
                let gone = item["limit"]?.integer == 1 ? Array(found.prefix(1)) : found
                for document in gone { data.collections[place]?.documents[MongoQuery.key(document["_id"] ?? .null)] = nil }
                return gone.count
            }
        case "createIndexes": return createIndexes(place, command)
        case "dropDatabase":
            collections = collections.filter { !$0.key.hasPrefix("\(command["$db"]?.text ?? "").") }
            return [:]
        default: throw .notFound
        }
    }

    // MARK: - Reading

    private func matching(_ place: String, _ filter: BSONDocument) throws(Failure) -> [BSONDocument] {
        guard let collection = collections[place] else { return [] }
        if let id = filter["_id"], id.document == nil {
            guard let one = collection.documents[MongoQuery.key(id)] else { return [] }
            return try MongoQuery.matches(one, filter) ? [one] : []
        }
        var found: [BSONDocument] = []
        for document in collection.documents.values where try MongoQuery.matches(document, filter) { found.append(document) }
        return found
    }

    private func find(_ place: String, _ command: BSONDocument) throws(Failure) -> BSONDocument {
        var found = try matching(place, command["filter"]?.document ?? [:])
        if let order = command["sort"]?.document?.members.first {
            found.sort { MongoQuery.isBefore($0[order.name] ?? .null, $1[order.name] ?? .null) }
        }
        if let limit = command["limit"]?.integer, limit > 0 { found = Array(found.prefix(Int(limit))) }
        let left = (command["projection"]?.document?.members ?? []).filter { !$0.value.isTrue }.map(\.name)
        let shown = found.map { document -> BSONValue in
            var document = document
            for name in left { document[name] = nil }
            return .document(document)
        }
        return cursor(place, shown)
    }

    private func distinct(_ place: String, _ command: BSONDocument) throws(Failure) -> BSONDocument {
        guard let key = command["key"]?.text else { throw .badValue }
        let values = try matching(place, command["query"]?.document ?? [:]).compactMap { $0[key] }
        return ["values": .array(Array(Set(values)))]
    }

    /// `$match` and a `$group` that counts.
    private func aggregate(_ place: String, _ command: BSONDocument) throws(Failure) -> BSONDocument {
        let stages = (command["pipeline"]?.array ?? []).compactMap(\.document)
        guard stages.count == 2, let match = stages[0]["$match"]?.document, let group = stages[1]["$group"]?.document,
            let field = group["_id"]?.text, field.hasPrefix("$"), let sum = group.members.last
        else { throw .badValue }
        var counts: [BSONValue: Int64] = [:]
        for document in try matching(place, match) { counts[document[String(field.dropFirst())] ?? .null, default: 0] += 1 }
        return cursor(place, counts.map { ["_id": $0.key, sum.name: .int64($0.value)] })
    }

    private func cursor(_ place: String, _ documents: [BSONValue]) -> BSONDocument {
        ["cursor": ["id": .int64(0), "ns": .string(place), "firstBatch": .array(documents)]]
    }

    // MARK: - Writing

    private mutating func write(
        _ items: BSONValue?, _ place: String, _ body: (inout MongoData, BSONDocument) throws(Failure) -> Int
    ) throws(Failure) -> BSONDocument {
        var count = 0
        var errors: [BSONValue] = []
        for (i, item) in (items?.array ?? []).compactMap(\.document).enumerated() {
            do throws(Failure) {
                count += try body(&self, item)
            } catch {
                errors.append(["index": .int32(Int32(i)), "code": .int32(error.code), "errmsg": .string(error.name)])
            }
        }
        var reply: BSONDocument = ["n": .int32(Int32(count))]
        if !errors.isEmpty { reply["writeErrors"] = .array(errors) }
        return reply
    }

    private mutating func insert(_ place: String, _ document: BSONDocument) throws(Failure) {
        let key = MongoQuery.key(document["_id"] ?? .null)
        guard collections[place]?.documents[key] == nil else { throw .duplicate }
        try store(place, key, document)
    }

    private mutating func store(_ place: String, _ key: BSONValue, _ document: BSONDocument) throws(Failure) {
        for fields in collections[place]?.unique ?? [] {
            var filter = BSONDocument()
            for field in fields { filter[field] = document[field] ?? .null }
            for other in try matching(place, filter) where MongoQuery.key(other["_id"] ?? .null) != key { throw .duplicate }
        }
        collections[place, default: Collection()].documents[key] = document
    }

    private mutating func update(_ place: String, _ item: BSONDocument) throws(Failure) -> Int {
        guard let filter = item["q"]?.document, let change = item["u"]?.document else { throw .badValue }
        let found = try matching(place, filter)
        guard let first = found.first else {
            guard item["upsert"]?.isTrue == true else { return 0 }
            var document = BSONDocument()
            for member in filter.members where member.value.document == nil { document[member.name] = member.value }
            try MongoQuery.apply(change, to: &document)
            try insert(place, document)
            return 1
        }
        for var document in item["multi"]?.isTrue == true ? found : [first] {
            try MongoQuery.apply(change, to: &document)
            try store(place, MongoQuery.key(document["_id"] ?? .null), document)
        }
        return item["multi"]?.isTrue == true ? found.count : 1
    }

    private mutating func createIndexes(_ place: String, _ command: BSONDocument) -> BSONDocument {
        for index in (command["indexes"]?.array ?? []).compactMap(\.document) {
            indexes[place, default: []].append(index)
            if index["unique"]?.isTrue == true, let key = index["key"]?.document {
                collections[place, default: Collection()].unique.append(key.members.map(\.name))
            }
        }
        return ["numIndexesAfter": .int32(Int32(indexes[place]?.count ?? 0))]
    }
}
