// A MongoDB server for tests: the wire protocol (OP_MSG, and OP_QUERY for the first hello) on a port of 127.0.0.1, data in memory.
//
// Owns its threads, one per connection; they end with `stop` or the object. It knows one database user: nobody; and can fail on demand.

import Glibc
import KalturaBSON
import Synchronization

public final class MongoDouble: Sendable {
    /// What goes wrong, changeable at any time.
    public struct Faults: Sendable {
        /// The connection is closed in the middle of every so manieth reply; 0: never. Greetings do not count.
        public var cutEvery = 0
        public var delayMilliseconds = 0
        /// Every connection is closed at once, the old ones and new ones: the server is gone.
        public var gone = false
        /// Writes are refused: another server became the primary.
        public var notPrimary = false

        public init() {}
    }

    private struct State {
        var data = MongoData()
        var faults = Faults()
        var replies = 0
        var commands: [String: Int] = [:]
        var connections: Set<Int32> = []
        var stopped = false
    }

    private let state = Mutex(State())
    private let listener: Int32
    public let port: UInt16

    /// `mongodb://127.0.0.1:PORT/test?…`.
    public func address(_ options: String = "") -> String {
        "mongodb://127.0.0.1:\(port)/test\(options.isEmpty ? "" : "?" + options)"
    }

    /// Nil: no port can be had.
    public init?(port wanted: UInt16 = 0) {
        let socket = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard socket >= 0 else { return nil }
        var one: Int32 = 1
        setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<Int32>.size))
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = wanted.bigEndian
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let good = withUnsafeMutableBytes(of: &place) { bytes -> Bool in
            guard let address = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
            return bind(socket, address, size) == 0 && listen(socket, 128) == 0 && getsockname(socket, address, &size) == 0
        }
        guard good else {
            close(socket)
            return nil
        }
        listener = socket
        port = UInt16(bigEndian: place.sin_port)
        Self.thread { [weak self] in
            while true {
                let accepted = accept(socket, nil, nil)
                guard accepted >= 0, let self, self.took(accepted) else {
                    if accepted >= 0 { close(accepted) }
                    close(socket)
                    return
                }
            }
        }
    }

    deinit { stop() }

    public func stop() {
        state.withLock { state in
            guard !state.stopped else { return }
            state.stopped = true
            shutdown(listener, Int32(SHUT_RDWR))
            for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
        }
    }

    public func set(_ change: @Sendable (inout Faults) -> Void) {
        state.withLock { state in
            change(&state.faults)
            if state.faults.gone { for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) } }
        }
    }

    /// How many commands of that name were answered.
    public func count(of command: String) -> Int { state.withLock { $0.commands[command] ?? 0 } }

    /// Connections that are open.
    public var connections: Int { state.withLock { $0.connections.count } }

    public func documents(_ collection: String) -> [BSONDocument] {
        state.withLock { $0.data.collections["test.\(collection)"].map { Array($0.documents.values) } ?? [] }
    }

    public func indexes(_ collection: String) -> [BSONDocument] { state.withLock { $0.data.indexes["test.\(collection)"] ?? [] } }

    /// Runs a command as a client would.
    @discardableResult
    public func run(_ command: BSONDocument) -> BSONDocument { state.withLock { Self.answer(command, &$0) } }

    // MARK: - Connections

    private func took(_ connection: Int32) -> Bool {
        let (stopped, gone) = state.withLock { state in
            if !state.stopped, !state.faults.gone { state.connections.insert(connection) }
            return (state.stopped, state.faults.gone)
        }
        if stopped { return false }
        if gone {
            close(connection)
            return true
        }
        Self.thread { [weak self] in
            while let message = WireMessage(receivingFrom: connection), let self, self.reply(to: message, connection) {}
            self?.state.withLock { _ = $0.connections.remove(connection) }
            close(connection)
        }
        return true
    }

    /// False: the connection is to be closed.
    private func reply(to message: WireMessage, _ connection: Int32) -> Bool {
        guard let command = message.command else { return false }
        let name = command.members.first?.name ?? ""
        let isGreeting = ["hello", "ismaster", "isMaster"].contains(name)
        let (answer, cut, delay) = state.withLock { state -> (BSONDocument, Bool, Int) in
            if state.faults.gone || state.stopped { return ([:], true, 0) }
            let answer = isGreeting ? Self.greeting : Self.answer(command, &state)
            guard !isGreeting else { return (answer, false, 0) }
            state.commands[name, default: 0] += 1
            state.replies += 1
            let cut = state.faults.cutEvery > 0 && state.replies % state.faults.cutEvery == 0
            return (answer, cut, state.faults.delayMilliseconds)
        }
        if delay > 0 { usleep(UInt32(clamping: delay * 1000)) }
        var bytes = message.reply(answer)
        if cut { bytes.removeLast(bytes.count / 2) }
        return WireMessage.send(bytes, to: connection) && !cut
    }

    private static func answer(_ command: BSONDocument, _ state: inout State) -> BSONDocument {
        do throws(MongoData.Failure) {
            if state.faults.notPrimary, ["insert", "update", "delete", "createIndexes"].contains(command.members.first?.name) {
                throw .notPrimary
            }
            var reply = try state.data.run(command)
            reply["ok"] = .double(1)
            return reply
        } catch {
            return ["ok": .double(0), "code": .int32(error.code), "codeName": .string(error.name), "errmsg": .string(error.name)]
        }
    }

    private static let greeting: BSONDocument = [
        "isWritablePrimary": true, "ismaster": true, "helloOk": true, "maxBsonObjectSize": .int32(16 << 20),
        "maxMessageSizeBytes": .int32(48_000_000), "maxWriteBatchSize": .int32(100_000), "minWireVersion": .int32(0),
        "maxWireVersion": .int32(17), "readOnly": false, "logicalSessionTimeoutMinutes": .int32(30), "ok": .double(1),
    ]

    private static func thread(_ body: @escaping @Sendable () -> Void) {
        let box = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        let made = pthread_create(
            &thread, nil,
            { argument in
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, box.toOpaque())
        if made == 0 { pthread_detach(thread) } else { box.release() }
    }

    private final class Body: Sendable {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }
}
