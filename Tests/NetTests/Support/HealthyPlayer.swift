import Synchronization

@testable import HostNet

/// A player that reads all it gets, in a thread of its own, until it is told to stop or its stream ends.
final class HealthyPlayer: Sendable {
    struct Outcome: Sendable {
        var checker: RecordChecker
        /// Longest time without a byte, from the first to the last.
        var longestGap: UInt64
        /// Whether the server ended it.
        var ended: Bool
    }

    private let task: Task<Outcome, any Error>

    init(port: Int, stream: UInt64 = 0) {
        let over = Stop()
        stopper = over
        task = Task {
            try await onThread {
                let client = try TestClient(port: port)
                client.timeout(20_000)
                var checker = RecordChecker()
                checker.stream = stream
                var longest: UInt64 = 0
                var last: UInt64 = 0
                let ended = client.read(
                    into: &checker,
                    pause: {
                        let now = NetClock.now
                        if last > 0 { longest = max(longest, now - last) }
                        last = now
                    },
                    until: {
                        if $0.records > 0 { over.hasBegun.store(true, ordering: .relaxed) }
                        return over.isSet.load(ordering: .relaxed)
                    })
                client.close()
                return Outcome(checker: checker, longestGap: longest, ended: ended)
            }
        }
    }

    private final class Stop: Sendable {
        let isSet = Atomic<Bool>(false)
        let hasBegun = Atomic<Bool>(false)
    }
    private let stopper: Stop

    /// Whether a record has come: not only the head.
    var hasBegun: Bool { stopper.hasBegun.load(ordering: .relaxed) }

    /// Stops at the next bytes; what it saw.
    func stop() async throws -> Outcome {
        stopper.isSet.store(true, ordering: .relaxed)
        return try await task.value
    }

    /// What it saw once its stream has ended.
    var outcome: Outcome { get async throws { try await task.value } }
}
