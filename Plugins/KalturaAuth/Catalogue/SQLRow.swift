import CSQLite

/// The values of one row, in the order of the statement's columns.
struct SQLRow {
    private let values: [StoredValue]

    init(_ statement: OpaquePointer) {
        values = (0..<sqlite3_column_count(statement)).map { column in
            switch sqlite3_column_type(statement, column) {
            case SQLITE_INTEGER: return .integer(sqlite3_column_int64(statement, column))
            case SQLITE_FLOAT: return .real(sqlite3_column_double(statement, column))
            case SQLITE_TEXT:
                guard let start = sqlite3_column_text(statement, column) else { return .null }
                let count = Int(sqlite3_column_bytes(statement, column))
                return .text(String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self))
            default: return .null
            }
        }
    }

    /// The value of a column; null beyond the last.
    subscript(_ column: Int) -> StoredValue { values.indices.contains(column) ? values[column] : .null }
}
