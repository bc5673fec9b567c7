import KalturaBSON
import KalturaCore
import Synchronization

/// The local catalogue in MongoDB (SPEC §12): collections `partners`, `profiles` (flavors embedded), `entries`, `on_air`; `_id` is the id.
///
/// Owns its connections. It needs no transactions, so it works with any deployment: what must not happen twice is decided by single
/// documents. Every call may block; values reach the server only as BSON. It never keeps a token longer than a call.
public final class MongoCatalogue: CatalogueStore {
    public let kind = "mongodb"

    let client: MongoClient
    /// Whether the indexes are made.
    private let prepared = Mutex(false)

    /// How long one decision may take in all, beside the command under way.
    static let patience = Duration.seconds(4)

    /// Connects at the first question. Throws when the address cannot be read or libmongoc is not there.
    public init(address: String) throws(CatalogueError) { client = try MongoClient(address: address) }

    /// Makes the indexes, once; asked again after a failure.
    public func prepare() throws(CatalogueError) {
        guard !prepared.withLock({ $0 }) else { return }
        try index("entries", ["name": "partner_id", "key": ["partner_id": .int32(1)]])
        try index(
            "on_air",
            ["name": "entry_id_server_index", "key": ["entry_id": .int32(1), "server_index": .int32(1)], "unique": true],
            ["name": "updated_at", "key": ["updated_at": .int32(1)], "expireAfterSeconds": .int32(Int32(Self.onAirSeconds))])
        prepared.withLock { $0 = true }
    }

    private func index(_ collection: String, _ indexes: BSONDocument...) throws(CatalogueError) {
        _ = try client.run(
            ["createIndexes": .string(collection), "indexes": .array(indexes.map(BSONValue.document))], .write, repeatable: true)
    }

    // MARK: - Commands

    func find(
        _ collection: String, _ filter: BSONDocument, without: [String] = [], limit: Int = 1, _ kind: MongoClient.Kind = .read
    ) throws(CatalogueError) -> [BSONDocument] {
        var command: BSONDocument = ["find": .string(collection), "filter": .document(filter)]
        if !without.isEmpty { command["projection"] = .document(BSONDocument(without.map { ($0, .int32(0)) })) }
        if limit > 1 { command["sort"] = ["_id": .int32(1)] }
        command["limit"] = .int64(Int64(limit))
        command["batchSize"] = .int64(Int64(limit))
        command["singleBatch"] = true
        let reply = try client.run(command, kind)
        guard let batch = reply["cursor"]?.document?["firstBatch"]?.array else {
            throw .server("MongoDB: a reply without documents")
        }
        return batch.compactMap(\.document)
    }

    func count(_ collection: String, _ filter: BSONDocument) throws(CatalogueError) -> Int64 {
        try client.run(["count": .string(collection), "query": .document(filter)], .read)["n"]?.integer ?? 0
    }

    /// What a statement of `update` did: matched or inserted documents.
    @discardableResult
    func update(
        _ collection: String, _ filter: BSONDocument, _ change: BSONDocument, upsert: Bool = false
    ) throws(CatalogueError) -> Int64 {
        try update(collection, [(filter, change)], upsert: upsert)
    }

    @discardableResult
    func update(
        _ collection: String, _ statements: [(filter: BSONDocument, change: BSONDocument)], upsert: Bool
    ) throws(CatalogueError) -> Int64 {
        let updates = statements.map { statement -> BSONValue in
            ["q": .document(statement.filter), "u": .document(statement.change), "upsert": .bool(upsert)]
        }
        let command: BSONDocument = ["update": .string(collection), "updates": .array(updates), "ordered": false]
        let reply = try client.run(command, .write, repeatable: true)
        try Self.check(reply)
        return reply["n"]?.integer ?? 0
    }

    /// Inserts one document; false: there is one of that id.
    func insert(_ collection: String, _ document: BSONDocument) throws(CatalogueError) -> Bool {
        let reply = try client.run(["insert": .string(collection), "documents": [.document(document)]], .write)
        if Self.errors(reply).first?["code"]?.integer == Self.duplicateKey { return false }
        try Self.check(reply)
        return true
    }

    @discardableResult
    func delete(_ collection: String, _ filter: BSONDocument) throws(CatalogueError) -> Int64 {
        let reply = try client.run(
            ["delete": .string(collection), "deletes": [["q": .document(filter), "limit": .int32(0)]]], .write, repeatable: true)
        try Self.check(reply)
        return reply["n"]?.integer ?? 0
    }

    static let duplicateKey: Int64 = 11000

    private static func errors(_ reply: BSONDocument) -> [BSONDocument] {
        (reply["writeErrors"]?.array ?? []).compactMap(\.document)
    }

    private static func check(_ reply: BSONDocument) throws(CatalogueError) {
        guard let error = errors(reply).first else { return }
        // Two who insert the same id at once: whoever comes second finds it there.
        throw .server(
            error["code"]?.integer == duplicateKey
                ? "MongoDB: written by somebody else at the same moment" : "MongoDB: write error \(MongoClient.name(error))")
    }
}
