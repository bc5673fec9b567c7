import NIOCore
import Testing

@testable import HostNet

@Suite("What a log tells of its players") struct BroadcastLagTests {
    @Test("who lags and how far, who waits, on which loop")
    func lag() async throws {
        var options = BroadcastOptions()
        options.retention = 32 << 20
        options.maxLagMilliseconds = 60_000
        options.stallMilliseconds = 60_000
        var outbound = OutboundLimits()
        outbound.sendBuffer = 16 << 10
        let server = try TestServer(options: options, outbound: outbound)
        let log = server.log
        #expect(await log.lag() == BroadcastLag())
        let port = server.listener.port
        let healthy = (0..<5).map { _ in HealthyPlayer(port: port) }
        #expect(await eventually { log.playerCount == 5 })
        #expect(await log.lag().waiting == 5)
        #expect(log.playersByLoop.count == 2 && log.playersByLoop.reduce(0, +) == 5)

        try await server.publisher.push(10)
        let stalled = try await onThread { try (0..<2).map { _ in try TestClient(port: port, receiveBuffer: 4_096) } }
        #expect(await eventually { log.playerCount == 7 })
        try await server.publisher.push(400)
        #expect(await eventually { await log.lag().behind == 2 })
        #expect(
            await eventually {
                let lag = await log.lag()
                if lag.p50 != 0 || lag.players != 7 { figure("lag: \(lag), \(log.statistics), by loop \(log.playersByLoop)") }
                return lag.p50 == 0 && lag.players == 7 && lag.waiting == 0
            })
        let lag = await log.lag()
        if lag.p50 != 0 || lag.players != 7 { figure("lag: \(lag), \(log.statistics), by loop \(log.playersByLoop)") }
        #expect(lag.max > 1 << 20 && lag.max <= log.statistics.head && lag.p90 > 0 && lag.p99 >= lag.p90)
        #expect(await eventually { log.slowestLag == lag.max })
        for client in stalled { client.close() }
        #expect(await eventually { log.playerCount == 5 })
        for player in healthy {
            try await server.publisher.push(1)
            let stopping = Task { try await player.stop() }
            try await Task.sleep(for: .milliseconds(5))
            try await server.publisher.push(1)
            #expect(try await stopping.value.checker.errors == [])
        }
        try await server.publisher.push(1)
        #expect(await eventually { await server.isEmpty() })
        #expect(log.slowestLag == 0)
        await server.shutdown()
    }
}
