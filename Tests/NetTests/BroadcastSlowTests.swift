import NIOCore
import Testing

@testable import HostNet

@Suite("A slow player") struct BroadcastSlowTests {
    @Test("jumps to a join point, whole records only, while others lose nothing")
    func slowJumps() async throws {
        var options = BroadcastOptions()
        options.retention = 16 << 20
        options.maxLagMilliseconds = 300
        options.maxJumps = 10_000
        var outbound = OutboundLimits()
        outbound.sendBuffer = 16 << 10
        let server = try TestServer(options: options, outbound: outbound)
        try await server.publisher.start(every: .milliseconds(2), batch: 2)
        let port = server.listener.port
        let results = try await withThrowingTaskGroup(of: (Bool, RecordChecker).self) { group in
            for i in 0..<10 {
                let isSlow = i % 2 == 0
                group.addTask {
                    try await onThread {
                        let client = try TestClient(port: port, receiveBuffer: isSlow ? 49_152 : nil)
                        var checker = RecordChecker()
                        let end = NetClock.now + 3_000_000_000
                        if isSlow {
                            // About a tenth of the stream's rate; two of the slow ones stall now and then.
                            var reads = 0
                            client.read(
                                into: &checker, chunk: 4_000,
                                pause: {
                                    usleepMilliseconds(i == 4 && reads % 50 == 49 ? 400 : 8)
                                    reads += 1
                                }, until: { $0.jumps >= 3 && NetClock.now > end || NetClock.now > end + 20_000_000_000 })
                        } else {
                            client.read(into: &checker) { _ in NetClock.now > end }
                        }
                        client.close()
                        return (isSlow, checker)
                    }
                }
            }
            return try await group.reduce(into: [(Bool, RecordChecker)]()) { $0.append($1) }
        }
        for (isSlow, checker) in results {
            #expect(checker.errors == [])
            if isSlow { #expect(checker.jumps >= 1) }
        }
        #expect(server.log.statistics.jumps > 0)
        #expect(server.log.statistics.skippedBytes > 0)
        // The writer was never held up, and memory stayed within the bound and its slack.
        #expect(server.log.statistics.droppedBytes == 0)
        #expect(server.log.statistics.heldBytes <= 2 * options.retention + 4 * LogSegment.size)
        #expect(await eventually { await server.isEmpty() })
        await server.shutdown()
    }

    @Test("without progress is cut, with the reason told")
    func stalledIsCut() async throws {
        var options = BroadcastOptions()
        options.retention = 64 << 20
        options.maxLagMilliseconds = 60_000
        options.stallMilliseconds = 600
        let server = try TestServer(options: options)
        try await server.publisher.push(400)
        let client = try TestClient(port: server.listener.port, receiveBuffer: 8_192)
        #expect(await eventually { server.log.playerCount == 1 })
        try await server.publisher.push(600)
        // Nothing more is appended: the table's own timer has to notice.
        #expect(await eventually { server.shared.reasons.withLock { $0.contains { $0.contains("no progress for 600 ms") } } })
        #expect(await eventually { await server.isEmpty() })
        client.close()
        await server.shutdown()
    }

    @Test("that lags beyond the retention holds nothing of the log; fifty cost what one does")
    func lapped() async throws {
        var options = BroadcastOptions()
        options.retention = 1 << 20
        // Who does not read is not this test's: a busy machine takes its time for the pushes.
        options.maxLagMilliseconds = 600_000
        options.stallMilliseconds = 600_000
        let server = try TestServer(options: options)
        try await server.publisher.push(1)
        let port = server.listener.port
        let clients = try await onThread { try (0..<50).map { _ in try TestClient(port: port, receiveBuffer: 4_096) } }
        #expect(await eventually { server.log.playerCount == 50 })
        for _ in 0..<400 { try await server.publisher.push(5) }
        #expect(server.log.statistics.heldBytes <= 2 * options.retention + 4 * LogSegment.size)
        for _ in 0..<400 { try await server.publisher.push(5) }
        #expect(server.log.statistics.heldBytes <= 2 * options.retention + 4 * LogSegment.size)
        #expect(server.log.statistics.droppedBytes == 0 && server.log.playerCount == 50)
        for client in clients { client.close() }
        #expect(await eventually { await server.isEmpty() })
        await server.shutdown()
    }

    @Test("that jumps again and again without catching up is cut")
    func jumpsDoNotHelp() async throws {
        var options = BroadcastOptions()
        options.retention = 512 << 10
        options.maxJumps = 3
        var outbound = OutboundLimits()
        outbound.sendBuffer = 8 << 10
        let server = try TestServer(options: options, outbound: outbound)
        server.publisher.keySize = 9_000
        try await server.publisher.start(every: .milliseconds(2), batch: 3)
        let port = server.listener.port
        try await onThread {
            let client = try TestClient(port: port, receiveBuffer: 49_152)
            var checker = RecordChecker()
            let ended = client.read(into: &checker, chunk: 3_000, pause: { usleepMilliseconds(10) }, until: { _ in false })
            #expect(ended || checker.errors == [])
            #expect(checker.errors == [])
            client.close()
        }
        #expect(
            await eventually {
                server.shared.reasons.withLock { $0.contains { $0.hasPrefix("reader too slow") } }
            })
        await server.shutdown()
    }

    @Test("whose group of pictures outgrew the retention waits for the next one")
    func longGroupOfPictures() async throws {
        var options = BroadcastOptions()
        options.retention = 1 << 20
        let server = try TestServer(options: options)
        server.publisher.gop = 1_000
        try await server.publisher.push(500)
        #expect(server.log.latestJoin.load(ordering: .relaxed) == 0)
        #expect(server.log.statistics.heldBytes <= 2 * LogSegment.size)
        let client = try TestClient(port: server.listener.port)
        #expect(await eventually { server.log.playerCount == 1 })
        for _ in 0..<60 { try await server.publisher.push(10) }
        let checker = try await onThread {
            var checker = RecordChecker()
            client.read(into: &checker) { $0.records >= 50 }
            return checker
        }
        #expect(checker.errors == [] && checker.prefixes == 1)
        client.close()
        await server.shutdown()
    }
}
