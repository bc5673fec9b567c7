import CSQLite
import Glibc

/// One open SQLite database with its prepared statements.
///
/// Unchecked: it has no lock of its own; `SQLiteCatalogue` uses it only inside the lock that holds it.
final class Connection: @unchecked Sendable {
    enum Access { case read, write }

    /// What tells one file from another that took its name.
    struct Identity: Equatable {
        let device: UInt64
        let inode: UInt64

        /// The file that has this name now; nil when there is none.
        init?(path: String) {
            var info = stat()
            guard stat(path, &info) == 0 else { return nil }
            device = UInt64(info.st_dev)
            inode = UInt64(info.st_ino)
        }
    }

    let identity: Identity
    private let handle: OpaquePointer
    private var statements: [String: OpaquePointer] = [:]

    /// Opens an existing file: WAL, two seconds of patience with another writer.
    init(path: String, access: Access) throws(CatalogueError) {
        guard let identity = Identity(path: path) else { throw .database(code: SQLITE_CANTOPEN, "there is no file \(path)") }
        var opened: OpaquePointer?
        let code = sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
        guard code == SQLITE_OK, let opened else {
            let error = CatalogueError.database(code: code, Self.message(opened))
            sqlite3_close_v2(opened)
            throw error
        }
        handle = opened
        self.identity = identity
        sqlite3_busy_timeout(handle, 2000)
        try execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-512")
        if access == .read { try execute("PRAGMA query_only=1") }
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close_v2(handle)
    }

    /// Runs statements without values, for settings and the schema.
    func execute(_ sql: String) throws(CatalogueError) {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw failure() }
    }

    /// Runs one statement; returns its rows.
    @discardableResult
    func run(_ sql: String, _ values: [StoredValue] = []) throws(CatalogueError) -> [SQLRow] {
        let statement = try prepared(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (i, value) in values.enumerated() { try bind(value, to: Int32(truncatingIfNeeded: i + 1), of: statement) }
        var rows: [SQLRow] = []
        while true {
            switch sqlite3_step(statement) {
            case SQLITE_ROW: rows.append(SQLRow(statement))
            case SQLITE_DONE: return rows
            default: throw failure()
            }
        }
    }

    /// How many rows the last statement changed.
    var changes: Int { Int(sqlite3_changes(handle)) }

    /// Does `body` whole or not at all, as the only writer of all processes.
    func transaction<Result>(_ body: () throws(CatalogueError) -> Result) throws(CatalogueError) -> Result {
        try execute("BEGIN IMMEDIATE")
        do throws(CatalogueError) {
            let result = try body()
            try execute("COMMIT")
            return result
        } catch {
            sqlite3_exec(handle, "ROLLBACK", nil, nil, nil)
            throw error
        }
    }

    /// Empties the write-ahead log as far as readers let it, so that nothing of it outlives a replaced file.
    func checkpoint() {
        sqlite3_busy_timeout(handle, 0)
        sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
        sqlite3_busy_timeout(handle, 2000)
    }

    private func prepared(_ sql: String) throws(CatalogueError) -> OpaquePointer {
        if let statement = statements[sql] { return statement }
        var made: OpaquePointer?
        let flags = UInt32(truncatingIfNeeded: SQLITE_PREPARE_PERSISTENT)
        guard sqlite3_prepare_v3(handle, sql, -1, flags, &made, nil) == SQLITE_OK, let made else { throw failure() }
        statements[sql] = made
        return made
    }

    private func bind(_ value: StoredValue, to place: Int32, of statement: OpaquePointer) throws(CatalogueError) {
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)  // SQLITE_TRANSIENT
        let code =
            switch value {
            case .null: sqlite3_bind_null(statement, place)
            case .integer(let value): sqlite3_bind_int64(statement, place, value)
            case .real(let value): sqlite3_bind_double(statement, place, value)
            case .text(let text):
                text.utf8CString.withUnsafeBufferPointer {
                    sqlite3_bind_text(statement, place, $0.baseAddress, Int32(clamping: $0.count - 1), copied)
                }
            }
        guard code == SQLITE_OK else { throw failure() }
    }

    private func failure() -> CatalogueError {
        let code = sqlite3_extended_errcode(handle)
        return .database(code: code, Self.message(handle))
    }

    private static func message(_ handle: OpaquePointer?) -> String {
        handle.flatMap { sqlite3_errmsg($0) }.map { String(cString: $0) } ?? "out of memory"
    }
}
