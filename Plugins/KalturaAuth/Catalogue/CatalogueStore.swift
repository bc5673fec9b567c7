import KalturaCore
import SluiceJSON

/// A local catalogue: partners, profiles and entries in a database of ours, and what is on air (SPEC §12).
///
/// SQLite and MongoDB are such; everything above them is the same. Calls may block as long as the database's time limits let them, so
/// none belongs on a lane. No answer holds a token or a secret, except the records of `page`.
public protocol CatalogueStore: Catalogue {
    /// What people call it: `sqlite` or `mongodb`.
    var kind: String { get }

    /// Makes what a first use needs (tables, indexes); does nothing when it is there.
    func prepare() throws(CatalogueError)

    func authenticate(_ question: CatalogueQuestion) throws(Refusal) -> LiveEntry

    /// Notes that inputs are on air here: status 3 authenticated, 2 broadcasting, 1 playable. Renew them within 120 s.
    func markOnAir(
        _ inputs: [(entry: EntryID, server: ServerIndex)], hostname: String, status: Int64, now: Int64
    ) throws(CatalogueError)
    /// Gives the place back; nothing happens when another host has it by now.
    func clearOnAir(_ entry: EntryID, _ server: ServerIndex, hostname: String) throws(CatalogueError)

    /// Partners in the order of their ids, from the first beyond `after`.
    func partners(after: Int64, limit: Int) throws(CatalogueError) -> [JSONValue]
    func partner(_ id: Int64) throws(CatalogueError) -> JSONValue
    func addPartner(_ id: Int64, _ changes: [Change]) throws(CatalogueError) -> JSONValue
    func changePartner(_ id: Int64, _ changes: [Change]) throws(CatalogueError) -> JSONValue
    /// Removes a partner; one that has entries only together with them.
    func removePartner(_ id: Int64, withEntries: Bool) throws(CatalogueError)

    /// Entries in the order of their ids, from the first beyond `after`, of one partner or of all; tokens only masked.
    func entries(partner: Int64?, after: String, limit: Int) throws(CatalogueError) -> [JSONValue]
    func entry(_ id: EntryID) throws(CatalogueError) -> JSONValue
    func addEntry(_ id: EntryID, partner: Int64, _ secret: TokenSecret, _ changes: [Change]) throws(CatalogueError) -> JSONValue
    func changeEntry(
        _ id: EntryID, partner: Int64?, _ secret: TokenSecret?, _ changes: [Change]
    ) throws(CatalogueError) -> JSONValue
    func removeEntry(_ id: EntryID) throws(CatalogueError)

    /// Takes whole records, in the place of those with the same id. What is taken is all of a batch or, of a store without transactions
    /// (MongoDB), its first part; taking the same batch again completes it.
    func put(_ batch: CatalogueBatch) throws(CatalogueError)
    /// Whole records in the order of their ids, from the first beyond `after` (nil: from the beginning); fewer only at the end.
    func page(_ table: CatalogueBatch.Table, after: StoredValue?, limit: Int) throws(CatalogueError) -> [CatalogueRecord]
}

extension CatalogueStore {
    public func prepare() throws(CatalogueError) {}

    /// A row of `on_air` counts this many seconds after its last renewal.
    static var onAirSeconds: Int64 { 120 }

    static func requirePartnerID(_ id: Int64) throws(CatalogueError) {
        guard (1...Int64(Int32.max)).contains(id) else {
            throw .invalid("a partner's id is a whole number from 1 to \(Int32.max)")
        }
    }

    static func noPartner(_ id: Int64) -> CatalogueError {
        .notFound("partner \(id); add it first: sluice kaltura partner add \(id)")
    }

    static func inUse(_ id: Int64, _ entries: Int64) -> CatalogueError {
        .inUse("partner \(id) has \(entries) entries; remove them first, or all together with --with-entries")
    }

    /// Takes everything of another store, in pages; what is here and not there stays. Answers the numbers taken.
    func copy(from other: any CatalogueStore) throws(CatalogueError) -> JSONValue {
        var taken: JSONObject = ["from": .string(other.kind), "to": .string(kind)]
        for table in CatalogueBatch.Table.allCases {
            var count: Int64 = 0
            var last: StoredValue?
            while true {
                let records = try other.page(table, after: last, limit: table.pageSize)
                guard let end = records.last else { break }
                var batch = CatalogueBatch()
                batch[table] = records
                try put(batch)
                count += Int64(records.count)
                last = end.id
            }
            taken[table.rawValue] = .integer(count)
        }
        return .object(taken)
    }
}
