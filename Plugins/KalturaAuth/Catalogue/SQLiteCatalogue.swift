import CSQLite
import Glibc
import KalturaCore
import Synchronization

/// The local catalogue: partners and entries in one SQLite file (SPEC §12).
///
/// Owns a reading and a writing connection, each behind its lock. The file may be edited by others and replaced while it is open:
/// each question looks whether the name still means the same file. Every call may block (up to two seconds behind another
/// writer), so none belongs on a lane. It never keeps a token longer than a call.
public final class SQLiteCatalogue: CatalogueStore {
    public let kind = "sqlite"

    /// The file's path.
    public let path: String

    /// Guards the writer; always taken before `reader` when both are.
    private let writer: Mutex<Connection?>
    private let reader: Mutex<Connection?>

    /// Opens the catalogue, making file (mode 0600) and tables where they are missing.
    public init(path: String) throws(CatalogueError) {
        self.path = path
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .database(code: SQLITE_CANTOPEN, "\(path): \(String(cString: strerror(errno)))") }
        close(file)
        let first = try Connection(path: path, access: .write)
        try Self.prepare(first)
        reader = Mutex(nil)
        writer = Mutex(nil)
    }

    /// Makes the tables of an empty file.
    private static func prepare(_ connection: Connection) throws(CatalogueError) {
        guard try connection.run(Schema.probe).first?[0].integer == 0 else { return }
        try connection.transaction { () throws(CatalogueError) in
            // Another process may have been faster.
            guard try connection.run(Schema.probe).first?[0].integer == 0 else { return }
            try connection.execute(Schema.text)
        }
        connection.checkpoint()
    }

    /// Reads; several statements of one `body` see one state of the database only inside a transaction of their own.
    func read<Result: Sendable>(_ body: (Connection) throws(CatalogueError) -> Result) throws(CatalogueError) -> Result {
        try closeIfReplaced()
        return try reader.withLock { (slot: inout Connection?) throws(CatalogueError) -> Result in
            if let connection = slot { return try body(connection) }
            let connection = try Connection(path: path, access: .read)
            slot = connection
            return try body(connection)
        }
    }

    /// Does `body` in one transaction, as the only writer of all processes.
    func write<Result: Sendable>(_ body: (Connection) throws(CatalogueError) -> Result) throws(CatalogueError) -> Result {
        try closeIfReplaced()
        return try writer.withLock { (slot: inout Connection?) throws(CatalogueError) -> Result in
            let connection: Connection
            if let open = slot {
                connection = open
            } else {
                connection = try Connection(path: path, access: .write)
                try Self.prepare(connection)
                slot = connection
            }
            let result = try connection.transaction { () throws(CatalogueError) in try body(connection) }
            connection.checkpoint()
            return result
        }
    }

    /// Closes both connections when the name means another file now. Both first, then open: two files must never share one
    /// write-ahead log, which SQLite finds by name.
    private func closeIfReplaced() throws(CatalogueError) {
        guard let now = Connection.Identity(path: path) else {
            throw .database(code: SQLITE_CANTOPEN, "there is no file \(path)")
        }
        guard reader.withLock({ Self.isOther($0, now) }) || writer.withLock({ Self.isOther($0, now) }) else { return }
        writer.withLock { writing in
            reader.withLock { reading in
                writing = nil
                reading = nil
            }
        }
    }

    private static func isOther(_ connection: Connection?, _ identity: Connection.Identity) -> Bool {
        connection.map { $0.identity != identity } ?? false
    }
}
