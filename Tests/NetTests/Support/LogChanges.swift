@testable import HostNet

/// Gives a server's publisher new logs, and knows which of them are still held by anybody.
final class LogChanges: Sendable {
    private struct Held: Sendable { weak var log: BroadcastLog? }
    private let made = Locked<[Held]>([])

    /// Logs that have not been released.
    var alive: Int { made.withLock { $0.count { $0.log != nil } } }

    /// The publisher goes on in a new log, and its players with it.
    func replace(_ server: TestServer, _ options: BroadcastOptions, bridge: [UInt8]) async throws {
        try await server.publisher.change(to: make(server, options), bridge: bridge)
    }

    /// The log ends and its players with it; newcomers find another. The number of the record that would have followed.
    func end(_ server: TestServer, _ options: BroadcastOptions) async throws -> UInt64 {
        try await server.publisher.end(goingOnIn: make(server, options))
    }

    private func make(_ server: TestServer, _ options: BroadcastOptions) -> BroadcastLog {
        let log = BroadcastLog(runtime: server.runtime, writer: server.publisher.loop, options: options)
        made.withLock { $0.append(Held(log: log)) }
        server.shared.target.withLock { $0 = log }
        return log
    }
}
