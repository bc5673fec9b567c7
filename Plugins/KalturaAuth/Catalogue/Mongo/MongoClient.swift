import CMongo
import KalturaBSON
import Synchronization

/// A MongoDB deployment's database, through libmongoc: commands go out, replies come back, failures are told apart.
///
/// Owns a pool of connections and the rule when to stop asking. Calls block: at most for the limits below, each. No text of an error holds
/// the address or a value; of the server's own errors only number and name are told.
final class MongoClient: @unchecked Sendable {
    /// Milliseconds. What the address says (`?serverSelectionTimeoutMS=…`) holds over these.
    enum Limits {
        static let serverSelection: Int32 = 2000
        static let connect: Int32 = 2000
        static let socket: Int32 = 2500
        static let waitQueue: Int32 = 1000
        /// The server's own limit for one operation.
        static let operation: Int64 = 2000
        static let poolSize: Int32 = 8
    }

    enum Kind: UInt32 {
        /// By the primary, else by a secondary; asked again once by libmongoc when the connection breaks.
        case read = 0
        case readPrimary = 1
        /// Acknowledged by a majority.
        case write = 2
    }

    /// The database that the address names, else `kaltura`.
    let database: String
    /// Thread-safe by libmongoc's word; freed with this object, when no call is left.
    private let mongo: OpaquePointer
    private let breaker = Mutex(Breaker())

    init(address: String) throws(CatalogueError) {
        var limits = kaltura_mongo_limits(
            server_selection_ms: Limits.serverSelection, connect_ms: Limits.connect, socket_ms: Limits.socket,
            wait_queue_ms: Limits.waitQueue, pool_size: Limits.poolSize)
        var error = kaltura_mongo_error()
        guard let mongo = kaltura_mongo_open(address, &limits, &error) else { throw .server("MongoDB: \(Self.text(error))") }
        self.mongo = mongo
        database = kaltura_mongo_database(mongo).map { String(cString: $0) } ?? "kaltura"
    }

    deinit { kaltura_mongo_close(mongo) }

    /// Runs a command; its reply, which says that it worked. A write that may be done twice is repeated once when its answer is lost.
    func run(_ command: BSONDocument, _ kind: Kind, repeatable: Bool = false) throws(CatalogueError) -> BSONDocument {
        var command = command
        command["maxTimeMS"] = .int64(Limits.operation)
        guard breaker.withLock({ $0.allows(.now) }) else {
            throw .server("MongoDB: no answer \(Breaker.failures) times in a row; asked again within \(Breaker.pause)")
        }
        let begin = ContinuousClock.now
        var answer = once(command, kind)
        if case .nothing = answer, repeatable, ContinuousClock.now - begin < .seconds(2) { answer = once(command, kind) }
        switch answer {
        case .reply(let reply):
            breaker.withLock { $0.succeeded() }
            return reply
        case .refused(let text):
            breaker.withLock { $0.succeeded() }
            throw .server("MongoDB: \(text)")
        case .nothing(let text):
            breaker.withLock { $0.failed(.now) }
            let unknown = kind == .write ? "; whether the change took effect is not known, it may be repeated" : ""
            throw .server("MongoDB: \(text)\(unknown)")
        }
    }

    private enum Answer {
        case reply(BSONDocument)
        /// The server answered that it did not work.
        case refused(String)
        /// No server, no connection, no reply in time.
        case nothing(String)
    }

    private func once(_ command: BSONDocument, _ kind: Kind) -> Answer {
        var error = kaltura_mongo_error()
        var content: UnsafeMutablePointer<UInt8>?
        var size = 0
        let bytes = command.bytes
        let answered = kaltura_mongo_run(mongo, database, kind.rawValue, bytes, bytes.count, &content, &size, &error)
        defer { if let content { kaltura_mongo_free(content) } }
        guard answered == 1, let content else { return .nothing(Self.text(error)) }
        guard let reply = try? BSONDocument(reading: Array(UnsafeBufferPointer(start: content, count: size))),
            let worked = reply["ok"]
        else { return .nothing(error.code == 0 ? "the reply cannot be read" : Self.text(error)) }
        guard worked.isTrue else { return .refused("error \(Self.name(reply))") }
        if let concern = reply["writeConcernError"]?.document { return .nothing("write concern not met: \(Self.name(concern))") }
        return .reply(reply)
    }

    /// `NotWritablePrimary (10107)`.
    static func name(_ error: BSONDocument) -> String {
        let name = (error["codeName"]?.text ?? "").filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(64)
        return "\(name.isEmpty ? "without a name" : String(name)) (\(error["code"]?.integer ?? 0))"
    }

    private static func text(_ error: kaltura_mongo_error) -> String {
        withUnsafeBytes(of: error.text) { bytes in
            let text = String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            return TextTable.clean(text.isEmpty ? "no answer" : text)
        }
    }
}

/// When a server that does not answer is left alone: after so many failures in a row, for a while; then one question goes out.
struct Breaker {
    static let failures = 5
    static let pause = Duration.seconds(5)

    private var inARow = 0
    private var until: ContinuousClock.Instant?

    mutating func allows(_ now: ContinuousClock.Instant) -> Bool {
        guard let until else { return true }
        guard now >= until else { return false }
        self.until = now + Self.pause
        return true
    }

    mutating func succeeded() {
        inARow = 0
        until = nil
    }

    mutating func failed(_ now: ContinuousClock.Instant) {
        inARow += 1
        if inARow >= Self.failures { until = now + Self.pause }
    }
}
