import NIOCore
import Testing

@testable import HostNet

/// Several logs on the same loops, and logs that change, while players come and go: descriptors wander from one to the other, and no
/// byte does.
@Suite("Many logs", .serialized) struct BroadcastCrowdTests {
    static var seconds: Int { setting("SLUICE_HOSTILE_SECONDS", default: 2) }
    static let limits = ConnectionLimits(total: 10_000, unauthenticatedPerAddress: 10_000)

    @Test("at once: no byte of one stream in another")
    func severalLogs() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            try await BroadcastCrowdTests.severalLogs()
        }
        result?.showFigures()
    }

    @Test("one after another, replaced, ended and with new configurations: each player goes on or ends whole")
    func changingLogs() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            try await BroadcastCrowdTests.changingLogs()
        }
        result?.showFigures()
    }

    private static func severalLogs() async throws {
        SocketCheck.isOn.store(true, ordering: .relaxed)
        let runtime = NetRuntime(threads: 3)
        var servers: [TestServer] = []
        for stream in 1...5 {
            var options = BroadcastOptions(pace: stream % 2 == 0 ? .dense : .low)
            options.retention = 4 << 20
            options.maxLagMilliseconds = 5_000
            let server = try TestServer(options: options, limits: limits, on: runtime, stream: UInt64(stream))
            server.publisher.keySize = 9_000
            server.publisher.interSize = 1_000
            try await server.publisher.start(every: .milliseconds(2))
            servers.append(server)
        }
        let healthy = servers.map { server in
            (0..<2).map { _ in HealthyPlayer(port: server.listener.port, stream: server.shared.stream) }
        }
        let churns = servers.map { Churn(port: $0.listener.port, stream: $0.shared.stream) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for churn in churns { group.addTask { try await churn.run(threads: 4, seconds: Double(seconds), minimum: 50) } }
            try await group.waitForAll()
        }
        figure("five logs: \(churns.map(\.count)) connections")
        for (server, (churn, players)) in zip(servers, zip(churns, healthy)) {
            for player in players {
                let outcome = try await player.stop()
                #expect(outcome.checker.errors == [] && outcome.checker.jumps == 0 && !outcome.ended)
            }
            for failure in churn.failures.prefix(3) { figure("stream \(churn.stream): \(failure)") }
            #expect(churn.failures == [])
            #expect(churn.count >= 50)
            #expect(await eventually { await server.hasSettled(after: churn.count + players.count) })
            #expect(await eventually { liveSockets(onLocal: server.listener.port) == 0 })
        }
        #expect(SocketCheck.mismatches.load(ordering: .relaxed) == 0)
        for server in servers { await server.shutdown() }
        await runtime.shutdown()
    }

    private static func changingLogs() async throws {
        SocketCheck.isOn.store(true, ordering: .relaxed)
        var options = BroadcastOptions()
        options.retention = 4 << 20
        options.maxLagMilliseconds = 5_000
        let server = try TestServer(options: options, limits: limits)
        server.publisher.keySize = 9_000
        server.publisher.interSize = 1_000
        try await server.publisher.start(every: .milliseconds(2))
        let port = server.listener.port
        let churn = Churn(port: port, mayEnd: true)
        let running = Task { try await churn.run(threads: 8, seconds: Double(seconds), minimum: 100) }

        let logs = LogChanges()
        let end = NetClock.now + UInt64(seconds) * 1_000_000_000
        var players = 0
        var changes = 0
        while NetClock.now < end || changes < 6 {
            // A player that lives through three changes and then sees its log end, as does everybody on it.
            let player = HealthyPlayer(port: port)
            players += 1
            #expect(await eventually { player.hasBegun })
            for number in 0..<3 {
                try await Task.sleep(for: .milliseconds(40))
                try await logs.replace(server, options, bridge: Record.make(.bridge, UInt64(number), payload: 30))
                changes += 1
            }
            try await Task.sleep(for: .milliseconds(40))
            let whole = try await logs.end(server, options)
            let outcome = try await player.outcome
            if !outcome.ended || outcome.checker.expected != whole || !outcome.checker.errors.isEmpty {
                figure("changing logs: \(outcome), \(whole) to come")
            }
            #expect(outcome.ended && outcome.checker.isWhole && outcome.checker.errors == [])
            #expect(outcome.checker.jumps == 0 && outcome.checker.expected == whole)
        }
        try await running.value
        figure("changing logs: \(churn.count) connections, \(changes) replacements, \(players) ends")
        for failure in churn.failures.prefix(5) { figure("changing logs: \(failure)") }
        #expect(churn.failures == [])
        #expect(await eventually { await server.hasSettled(after: churn.count + players) })
        #expect(await eventually { liveSockets(onLocal: port) == 0 })
        #expect(SocketCheck.mismatches.load(ordering: .relaxed) == 0)
        // A log that players have left is gone, and its memory with it; the current one lives, and those after the server's own.
        #expect(await eventually { logs.alive <= 4 })
        #expect(SegmentPool.shared.live * LogSegment.size <= 2 * (2 * options.retention + 4 * LogSegment.size))
        await server.shutdown()
    }
}
