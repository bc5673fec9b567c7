import KalturaBSON

/// Records as documents: the columns under their names, the id as `_id`; truth values are 1 and 0, as in the tables.
extension BSONDocument {
    /// A column's value; of a missing one its default, of a type that no column has null.
    func column(_ name: String) -> StoredValue {
        guard let value = self[name == "id" ? "_id" : name] else { return CatalogueRecord.defaults[name] ?? .null }
        return StoredValue(value)
    }

    init(_ record: CatalogueRecord, _ table: CatalogueBatch.Table) {
        self.init(table.columns.dropFirst().map { ($0, BSONValue(record.values[$0] ?? CatalogueRecord.defaults[$0] ?? .null)) })
        guard table == .profiles else { return }
        self["flavors"] = .array(
            record.flavors.map { flavor in
                .document(
                    BSONDocument(
                        CatalogueBatch.flavorColumns.map { ($0, BSONValue(flavor[$0] ?? CatalogueRecord.defaults[$0] ?? .null)) })
                )
            })
    }

    func record(_ table: CatalogueBatch.Table) -> CatalogueRecord {
        func values(_ document: BSONDocument, _ columns: some Sequence<String>) -> [String: StoredValue] {
            Dictionary(
                uniqueKeysWithValues: columns.compactMap { name in
                    let value = document[name].map(StoredValue.init) ?? .null
                    return value == .null ? nil : (name, value)
                })
        }
        var record = CatalogueRecord(column("id"), values(self, table.columns.dropFirst()))
        if table == .profiles {
            record.flavors = (self["flavors"]?.array ?? []).compactMap(\.document).map {
                values($0, CatalogueBatch.flavorColumns)
            }
        }
        return record
    }

    /// Whether a profile converts something; a pass-through flavor has another origin than 0.
    var isTranscoding: Bool {
        (self["flavors"]?.array ?? []).contains { $0.document?.column("origin").integer == 0 }
    }
}

extension StoredValue {
    init(_ value: BSONValue) {
        switch value {
        case .double(let number): self = .real(number)
        case .string(let text): self = .text(text)
        case .bool(let flag): self = StoredValue(flag)
        case .date(let milliseconds): self = .integer(milliseconds / 1000)
        case .int32(let number): self = .integer(Int64(number))
        case .int64(let number): self = .integer(number)
        case .document, .array, .binary, .null, .other: self = .null
        }
    }
}

extension BSONValue {
    init(_ value: StoredValue) {
        switch value {
        case .null: self = .null
        case .integer(let number): self = .int64(number)
        case .real(let number): self = .double(number)
        case .text(let text): self = .string(text)
        }
    }
}
