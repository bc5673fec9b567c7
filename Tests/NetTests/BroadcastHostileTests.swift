import NIOCore
import Testing

@testable import HostNet

/// Players that read a byte a second, stop, close half, reset in the middle of a flush, come and go 500 a second: the others get every
/// record in time, the bad ones are cut with a reason, and nothing stays behind.
///
/// `SLUICE_HOSTILE_SECONDS=60` makes the short runs long ones. Each runs in a process of its own.
@Suite("Hostile players", .serialized) struct BroadcastHostileTests {
    static var seconds: Int { setting("SLUICE_HOSTILE_SECONDS", default: 3) }

    @Test("disturb nobody who is sent to at each picture")
    func disturbNobodyAtPaceLow() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            try await BroadcastHostileTests.disturb(.low)
        }
        result?.showFigures()
    }

    @Test("disturb nobody who is sent to by a tick")
    func disturbNobodyAtPaceDense() async throws {
        let result = await #expect(processExitsWith: .success, observing: [\.standardOutputContent]) {
            try await BroadcastHostileTests.disturb(.dense)
        }
        result?.showFigures()
    }

    private static func disturb(_ pace: BroadcastPace) async throws {
        SocketCheck.isOn.store(true, ordering: .relaxed)
        var options = BroadcastOptions(pace: pace)
        options.retention = 8 << 20
        options.maxLagMilliseconds = 5_000  // no healthy one jumps because the machine is busy
        options.stallMilliseconds = 1_000
        var outbound = OutboundLimits()
        outbound.sendBuffer = 16 << 10
        let server = try TestServer(
            options: options, outbound: outbound, limits: ConnectionLimits(total: 10_000, unauthenticatedPerAddress: 10_000))
        try await server.publisher.push(1)
        try await server.publisher.start(every: .milliseconds(5))
        let port = server.listener.port
        let sockets = openSockets()

        let healthy = (0..<16).map { _ in HealthyPlayer(port: port) }
        let slow = Task { try await onThread { try trickle(port: port) } }
        let churn = Churn(port: port, rate: 500)
        try await churn.run(threads: 10, seconds: Double(seconds))
        var gap: UInt64 = 0
        for player in healthy {
            let outcome = try await player.stop()
            #expect(outcome.checker.errors == [] && outcome.checker.jumps == 0 && outcome.checker.prefixes == 1)
            #expect(!outcome.ended && outcome.checker.records > 100)
            gap = max(gap, outcome.longestGap)
        }
        let publisherGap = server.publisher.longestGap.load(ordering: .relaxed)
        let trickled = try await slow.value
        figure("\(pace): \(churn.count) came and went; longest gap \(gap / 1_000) µs, the publisher's \(publisherGap / 1_000) µs")
        for failure in churn.failures.prefix(5) { figure("\(pace): \(failure)") }
        #expect(churn.failures == [])
        #expect(churn.count > seconds * 50)
        #expect(gap < publisherGap + 1_000_000_000)
        #expect(trickled == [])

        let reasons = server.shared.reasons.withLock { $0 }
        // 24 never read, 12 read a byte a second: too few to open a window again.
        #expect(reasons.count { $0 == "reader too slow: no progress for 1000 ms" } >= 36)
        #expect(await eventually { await server.hasSettled(after: 16 + 36 + churn.count) })
        #expect(await eventually { liveSockets(onLocal: port) == 0 && openSockets() == sockets })
        #expect(SocketCheck.mismatches.load(ordering: .relaxed) == 0)
        #expect(server.log.statistics.droppedBytes == 0)
        #expect(server.log.statistics.heldBytes <= 2 * options.retention + 4 * LogSegment.size)
        await server.shutdown()
    }

    /// 24 that never read and 12 that read a byte a second, until the server has cut them all; what was wrong with the bytes.
    private static func trickle(port: Int) throws -> [String] {
        let clients = try (0..<36).map { _ in try TestClient(port: port, receiveBuffer: 4_096) }
        var checkers = [RecordChecker](repeating: RecordChecker(), count: 12)
        for _ in 0..<6 {
            usleepMilliseconds(700)
            for i in checkers.indices { clients[i].readOnce(into: &checkers[i], limit: 1) }
        }
        for client in clients { client.close() }
        return checkers.flatMap(\.errors)
    }
}
