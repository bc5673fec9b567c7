import KalturaBSON

/// Filters and changes of documents: what the catalogue uses of MongoDB's language. Anything else is an error, never a guess.
enum MongoQuery {
    /// Numbers of all types are one.
    static func key(_ value: BSONValue) -> BSONValue { value.integer.map(BSONValue.int64) ?? value }

    static func matches(_ document: BSONDocument, _ filter: BSONDocument) throws(MongoData.Failure) -> Bool {
        for member in filter.members {
            let value = document[member.name] ?? .null
            if let operators = member.value.document, operators.members.first?.name.hasPrefix("$") == true {
                for condition in operators.members where try !holds(value, condition) { return false }
            } else if key(value) != key(member.value) {
                return false
            }
        }
        return true
    }

    private static func holds(_ value: BSONValue, _ condition: BSONDocument.Member) throws(MongoData.Failure) -> Bool {
        switch condition.name {
        case "$gt": return isBefore(condition.value, value)
        case "$in": return (condition.value.array ?? []).contains { key($0) == key(value) }
        case "$ne": return key(value) != key(condition.value)
        default: throw .badValue
        }
    }

    /// Values of two kinds are in no order.
    static func isBefore(_ left: BSONValue, _ right: BSONValue) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)): return left.utf8.lexicographicallyPrecedes(right.utf8)
        case (.date(let left), .date(let right)): return left < right
        default:
            guard let left = left.integer, let right = right.integer else { return false }
            return left < right
        }
    }

    static func apply(_ change: BSONDocument, to document: inout BSONDocument) throws(MongoData.Failure) {
        for part in change.members {
            for member in part.value.document?.members ?? [] {
                switch part.name {
                case "$set": document[member.name] = member.value
                case "$inc":
                    document[member.name] = .int64((document[member.name]?.integer ?? 0) + (member.value.integer ?? 0))
                case "$pull":
                    guard let filter = member.value.document, let items = document[member.name]?.array else { continue }
                    var kept: [BSONValue] = []
                    for item in items {
                        if let inner = item.document, try matches(inner, filter) { continue }
                        kept.append(item)
                    }
                    document[member.name] = .array(kept)
                default: throw .badValue
                }
            }
        }
    }
}
