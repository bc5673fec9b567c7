import Glibc
import Synchronization

@testable import HostNet

/// Clients that come, read a little, and go in every way there is, until so many have come or the time is over.
///
/// Each thread owns one blocking socket at a time and checks every byte that it reads. What went wrong is in `failures`, by name of
/// the way that the client went; `ways` counts them.
final class Churn: Sendable {
    /// How a client goes.
    enum Way: Int, CaseIterable {
        /// Resets the connection, bytes unread or not.
        case reset
        /// Has not read, so that the server stands in the middle of a flush; then resets.
        case resetInFlush
        /// Closes with FIN, or with a reset when bytes are unread.
        case close
        /// Shuts its own side and reads until the server has closed.
        case halfClose
        /// The server closes after what it still has to say: at a record's end.
        case serverAfterFlush
        /// The server closes at once, while reading.
        case serverAtOnce
        /// The server closes at once, from a timer.
        case serverByTimer
        /// Asks for replies in mid-stream and closes.
        case replies
    }

    let port: Int
    let stream: UInt64
    let goal: Int
    /// Connections a second in all, 0 for as many as can be.
    let rate: Int
    /// The log may end under a client.
    let mayEnd: Bool
    private let connections = Atomic<Int>(0)
    private let failed = Locked<[String]>([])
    private let counts = Locked([Int](repeating: 0, count: Way.allCases.count))
    private let received = Atomic<UInt64>(0)

    init(port: Int, stream: UInt64 = 0, goal: Int = .max, rate: Int = 0, mayEnd: Bool = false) {
        self.mayEnd = mayEnd
        self.port = port
        self.rate = rate
        self.stream = stream
        self.goal = goal
    }

    var count: Int { connections.load(ordering: .relaxed) }
    var bytes: UInt64 { received.load(ordering: .relaxed) }
    var failures: [String] { failed.withLock { $0 } }
    var ways: [Int] { counts.withLock { $0 } }

    /// Runs `threads` clients until `goal` connections were made, or `seconds` have passed and at least `minimum` were made.
    func run(threads: Int, seconds: Double, minimum: Int = 0) async throws {
        let begin = NetClock.now
        let end = begin + UInt64(seconds * 1e9)
        let last = end + 60_000_000_000
        try await withThrowingTaskGroup(of: Void.self) { group in
            for i in 0..<threads {
                group.addTask {
                    try await onThread {
                        var random = SplitMix(state: UInt64(i) + 1 + self.stream * 1_000)
                        var due = begin
                        while self.goesOn(end: end, last: last, minimum: minimum) {
                            try self.one(&random, thread: i)
                            guard self.rate > 0 else { continue }
                            due += UInt64(1_000_000_000 * threads / self.rate)
                            let now = NetClock.now
                            if due > now { usleep(UInt32((due - now) / 1_000)) }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    private func goesOn(end: UInt64, last: UInt64, minimum: Int) -> Bool {
        let (count, now) = (count, NetClock.now)
        return count < goal && (now < end || count < minimum && now < last) && failures.count < 20
    }

    private func one(_ random: inout SplitMix, thread: Int) throws {
        let way = Way.allCases[random.below(UInt64(Way.allCases.count))]
        let isNarrow = way == .resetInFlush || random.below(4) == 0
        let client = try TestClient(port: port, receiveBuffer: isNarrow ? 4_096 : nil, from: UInt8(2 + thread % 200))
        client.timeout(30_000)
        var checker = RecordChecker()
        checker.stream = stream
        // A few stay for some batches, so that others come and go around them.
        let goal = random.below(random.below(16) == 0 ? 100 : 6)
        if way != .resetInFlush { client.read(into: &checker) { $0.records >= goal } }
        let trouble = go(way, client, &checker, &random)
        connections.wrappingAdd(1, ordering: .relaxed)
        received.wrappingAdd(UInt64(checker.bytes), ordering: .relaxed)
        counts.withLock { $0[way.rawValue] += 1 }
        if trouble != nil || !checker.errors.isEmpty {
            failed.withLock { $0 += (checker.errors + [trouble ?? ""]).map { "\(way): \($0)" } }
        }
    }

    /// Ends the connection; what the client has to complain of.
    private func go(_ way: Way, _ client: TestClient, _ checker: inout RecordChecker, _ random: inout SplitMix) -> String? {
        var ended = true
        switch way {
        case .reset: client.reset()
        case .resetInFlush:
            usleep(UInt32(random.below(3_000)))
            client.reset()
        case .close: client.close()
        case .halfClose:
            client.halfClose()
            ended = client.readToEnd(into: &checker)
            client.close()
        case .serverAfterFlush, .serverAtOnce, .serverByTimer:
            client.send(way == .serverAfterFlush ? "x" : way == .serverAtOnce ? "q" : "t")
            errno = 0
            ended = client.readToEnd(into: &checker)
            // A log that ended at that moment had closed the connection: what is sent to it then is answered by a reset, by which the kernel
            // forgets what was not read yet.
            let mayBeCut = mayEnd && errno == ECONNRESET
            client.close()
            if way == .serverAfterFlush, !checker.isWhole, !mayBeCut { return "cut within a record" }
        case .replies:
            client.send("ccc")
            let hasEnded = client.read(into: &checker) { $0.controls >= 3 } || errno == ECONNRESET
            client.close()
            if mayEnd, hasEnded { return nil }
            if checker.controls < 3 { return "\(checker.controls) replies of 3" }
        }
        return ended ? nil : "the server did not close"
    }
}
