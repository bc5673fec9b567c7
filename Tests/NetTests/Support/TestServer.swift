import NIOCore
import NIOPosix
import Synchronization

@testable import HostNet

/// A log with its publisher and a listener whose connections obey one-letter commands:
/// `c` reply, `d` detach, `a` attach again, `x` close after flush, `q` close at once, `t` close at once by a timer.
final class TestServer: Sendable {
    let runtime: NetRuntime
    let log: BroadcastLog
    let publisher: TestPublisher
    let listener: TCPListener
    let shared: Shared

    final class Shared: Sendable {
        let reasons = Locked<[String]>([])
        let target: Locked<BroadcastLog>
        let received = Locked<[UInt8]>([])
        let stream: UInt64
        /// Sessions that have not been released.
        let sessions = Atomic<Int>(0)
        init(_ log: BroadcastLog, _ stream: UInt64) {
            target = Locked(log)
            self.stream = stream
        }
    }

    private let ownsRuntime: Bool

    init(
        threads: Int = 2, options: BroadcastOptions = .init(), tls: TLSContext? = nil, head: Int = 200,
        outbound: OutboundLimits = .init(), limits: ConnectionLimits = .init(), attachAtOnce: Bool = true,
        on shared: NetRuntime? = nil, stream: UInt64 = 0
    ) throws {
        runtime = shared ?? NetRuntime(threads: threads)
        ownsRuntime = shared == nil
        let writer = runtime.nextLoop()
        let log = BroadcastLog(runtime: runtime, writer: writer, options: options)
        self.log = log
        publisher = TestPublisher(log, writer, stream: stream)
        let shared = Shared(log, stream)
        self.shared = shared
        var settings = ListenerSettings(address: "127.0.0.1", port: 0, tls: tls, counter: .init(limits: limits))
        settings.outbound = outbound
        listener = try TCPListener.listen(on: runtime, settings) { connection in
            let session = TestSession(shared, head)
            connection.delegate = session
            if attachAtOnce { session.attach(connection) }
        }
    }

    func shutdown() async {
        await publisher.stop()
        await listener.stop()
        if ownsRuntime { await runtime.shutdown() }
    }

    /// Nothing is left in any table or count.
    func isEmpty() async -> Bool {
        guard listener.counter.total == 0, shared.sessions.load(ordering: .relaxed) == 0 else { return false }
        return await isEmpty(log)
    }

    /// The ends of so many connections were told, each once, and nothing is left of them. Without the count, one that is still to be
    /// accepted would be missed.
    func hasSettled(after connections: Int) async -> Bool {
        guard shared.reasons.withLock({ $0.count }) == connections else { return false }
        return await isEmpty()
    }

    /// No row is left in any table of a log, and none holds its memory.
    func isEmpty(_ log: BroadcastLog) async -> Bool {
        guard log.playerCount == 0 else { return false }
        for table in log.tables {
            let rows = try? await table.loop.submit { table.groups.reduce(0) { $0 + $1.rows.count } }.get()
            guard rows == 0, table.floor.load(ordering: .acquiring) == .max else { return false }
        }
        return true
    }
}

final class TestSession: ConnectionDelegate {
    let shared: TestServer.Shared
    let head: Int
    private var replies: UInt64

    init(_ shared: TestServer.Shared, _ head: Int) {
        self.shared = shared
        self.head = head
        replies = shared.stream << Record.streamShift
        shared.sessions.wrappingAdd(1, ordering: .relaxed)
    }

    deinit { shared.sessions.wrappingSubtract(1, ordering: .relaxed) }

    func attach(_ connection: Connection) {
        let log = shared.target.withLock { $0 }
        do throws(NetError) {
            try connection.attach(to: log, head: Record.make(.head, shared.stream << Record.streamShift, payload: head))
        } catch { connection.close(afterFlush: false, reason: "attach: \(error)") }
    }

    func connection(_ connection: Connection, received bytes: UnsafeRawBufferPointer) {
        for byte in bytes {
            switch UnicodeScalar(byte) {
            case "c":
                connection.send(Record.make(.control, replies, payload: Int(replies % 300)))
                replies += 1
            case "d":
                connection.detach { ordinary in if ordinary { connection.send(Record.make(.bridge, 7, payload: 5)) } }
            case "a": attach(connection)
            case "x": connection.close(afterFlush: true, reason: "asked to close")
            case "q": connection.close(afterFlush: false, reason: "asked to close at once")
            case "t":
                connection.eventLoop.assumeIsolated().scheduleTask(in: .microseconds(700)) {
                    connection.close(afterFlush: false, reason: "closed by a timer")
                }
            default: shared.received.withLock { $0.append(byte) }
            }
        }
    }

    func connection(_ connection: Connection, timer now: UInt64) {}
    func connectionWritable(_ connection: Connection) {}
    func connection(_ connection: Connection, closed reason: String) { shared.reasons.withLock { $0.append(reason) } }
}

/// Appends records to a log from its writer's loop at a fixed pace, or on demand.
final class TestPublisher: @unchecked Sendable {
    private(set) var log: BroadcastLog
    let loop: any EventLoop
    var gop: UInt64 = 30
    var keySize = 20_000, interSize = 3_000
    private(set) var sequence: UInt64
    private let first: UInt64
    private var task: RepeatedTask?
    /// Longest time between two batches of a running publisher: what a machine that is busy takes, and nobody's stall.
    let longestGap = Atomic<UInt64>(0)
    private var lastBatch: UInt64 = 0

    init(_ log: BroadcastLog, _ loop: any EventLoop, stream: UInt64 = 0) {
        self.log = log
        self.loop = loop
        first = stream << Record.streamShift
        sequence = first
    }

    /// One batch of `count` records; every `gop`-th is a key.
    func push(_ count: Int = 1, video: Bool = true) async throws {
        try await loop.submit { self.push(count, video) }.get()
    }

    func start(every interval: TimeAmount, batch: Int = 1) async throws {
        try await loop.submit {
            self.lastBatch = 0
            self.task = self.loop.scheduleRepeatedTask(initialDelay: .zero, delay: interval) { _ in
                self.noteGap()
                self.push(batch, true)
            }
        }.get()
    }

    func stop() async {
        _ = try? await loop.submit {
            self.task?.cancel()
            self.task = nil
        }.get()
    }

    func run(_ body: @escaping @Sendable (BroadcastLog) -> Void) async throws {
        try await loop.submit { body(self.log) }.get()
    }

    /// Goes on in another log.
    func change(to new: BroadcastLog, bridge: [UInt8]) async throws {
        try await loop.submit {
            BroadcastLog.replace(self.log, with: new, bridge: bridge)
            self.log = new
        }.get()
    }

    /// Ends the log and goes on in another; the number of the record that would have followed.
    func end(goingOnIn new: BroadcastLog) async throws -> UInt64 {
        try await loop.submit {
            self.log.close("stream ended")
            self.log = new
            return self.sequence
        }.get()
    }

    private func noteGap() {
        let now = NetClock.now
        if lastBatch > 0 { longestGap.store(max(longestGap.load(ordering: .relaxed), now - lastBatch), ordering: .relaxed) }
        lastBatch = now
    }

    private func push(_ count: Int, _ video: Bool) {
        for _ in 0..<count {
            let isKey = (sequence - first) % gop == 0
            let size = isKey ? keySize : interSize + Int(sequence % 977)
            let bytes = Record.make(isKey ? .key : .inter, sequence, payload: size)
            if isKey { log.setPrefix(Record.make(.prefix, sequence, payload: 100)) }
            sequence += 1
            if sequence % 2 == 0 {
                bytes.withUnsafeBytes { _ = log.append($0, joinPoint: isKey, video: video) }
            } else {
                bytes.withUnsafeBytes { all in
                    let header = UnsafeRawBufferPointer(rebasing: all[..<11])
                    _ = log.append(header, UnsafeRawBufferPointer(rebasing: all[11...]), joinPoint: isKey, video: video)
                }
            }
        }
        log.endOfBatch()
    }
}
