import NIOCore
import NIOPosix
import Testing

@testable import HostNet

/// What else may happen to players that have the rest of a record still to take.
@Suite("A player with a record's rest") struct BroadcastStallEndTests {
    /// A server with players that have stalled within its first, large key record and have let go of the log.
    private func stalled(_ count: Int) async throws -> (TestServer, [TestClient]) {
        let server = try BroadcastStallTests.server(key: 600_000)
        try await server.publisher.push(1)
        let port = server.listener.port
        let clients = try await onThread { try (0..<count).map { _ in try TestClient(port: port, receiveBuffer: 49_152) } }
        #expect(await eventually { server.log.playerCount == count })
        server.publisher.keySize = 20_000
        try await server.publisher.start(every: .milliseconds(4))
        #expect(await eventually(40) { await BroadcastStallTests.holders(server.log) == count })
        return (server, clients)
    }

    private func isClean(_ server: TestServer) async -> Bool {
        await eventually { await server.isEmpty() && server.log.restBytes.load(ordering: .relaxed) == 0 }
    }

    @Test("detaches when it has taken it, and attaches again")
    func detaches() async throws {
        let (server, clients) = try await stalled(6)
        try await onThread {
            for (i, client) in clients.enumerated() {
                client.send(i % 2 == 0 ? "d" : "ccd")
                usleepMilliseconds(50)
                var checker = RecordChecker()
                client.read(into: &checker) { $0.bridges == 1 && $0.isWhole }
                #expect(checker.controls == (i % 2 == 0 ? 0 : 2) && checker.errors == [])
                client.send("a")
                client.read(into: &checker) { $0.heads == 2 && $0.records > 40 }
                #expect(checker.errors == [] && checker.heads == 2)
                client.close()
            }
        }
        #expect(await isClean(server))
        await server.shutdown()
    }

    @Test("gets its replies after it, before the next key frame")
    func replies() async throws {
        let (server, clients) = try await stalled(4)
        for client in clients { client.send("cccccccccccc") }
        try await Task.sleep(for: .milliseconds(100))
        try await onThread {
            for client in clients {
                var checker = RecordChecker()
                client.read(into: &checker) { $0.controls == 12 && $0.isWhole }
                #expect(checker.records >= 1 && checker.errors == [])
                client.read(into: &checker) { $0.jumps >= 1 && $0.records > 20 }
                #expect(checker.jumps >= 1 && checker.errors == [])
                client.send("x")
                #expect(client.read(into: &checker) { _ in false } && checker.isWhole && checker.errors == [])
                client.close()
            }
        }
        #expect(await isClean(server))
        await server.shutdown()
    }

    @Test("gets it when the log ends, then what is left from the last key frame, and is closed then")
    func logEnds() async throws {
        let (server, clients) = try await stalled(6)
        let next = BroadcastLog(runtime: server.runtime, writer: server.publisher.loop)
        let end = try await server.publisher.end(goingOnIn: next)
        try await Task.sleep(for: .milliseconds(100))
        #expect(server.log.playerCount == 6)
        try await onThread {
            for client in clients {
                var checker = RecordChecker()
                let ended = client.read(into: &checker) { _ in false }
                #expect(ended && checker.isWhole && checker.jumps == 1 && checker.expected == end && checker.errors == [])
                client.close()
            }
        }
        #expect(await isClean(server))
        #expect(server.shared.reasons.withLock { $0 } == [String](repeating: "stream ended", count: 6))
        await server.shutdown()
    }

    @Test("gets it when the log is replaced, then the rest of the log, the bridge, and the new log")
    func logIsReplaced() async throws {
        let (server, clients) = try await stalled(6)
        let next = BroadcastLog(runtime: server.runtime, writer: server.publisher.loop, options: BroadcastStallTests.options)
        try await server.publisher.change(to: next, bridge: Record.make(.bridge, 0, payload: 30))
        try await Task.sleep(for: .milliseconds(200))
        #expect(server.log.playerCount == 6 && next.playerCount == 0)
        try await onThread {
            for client in clients {
                var checker = RecordChecker()
                client.read(into: &checker) { $0.bridges == 1 && $0.isWhole }
                #expect(checker.records >= 1 && checker.errors == [])
                client.read(into: &checker) { $0.jumps >= 1 && $0.records > 20 }
                #expect(checker.jumps >= 1 && checker.errors == [])
                client.close()
            }
        }
        #expect(await isClean(server))
        #expect(await eventually { await server.isEmpty(next) })
        await server.shutdown()
    }

    @Test("comes and goes: stalls again and again, on two loops, and never gets a wrong byte")
    func again() async throws {
        var options = BroadcastStallTests.options
        options.maxLagMilliseconds = 100
        options.maxJumps = 10_000
        let server = try BroadcastStallTests.server(options, key: 120_000)
        try await server.publisher.start(every: .milliseconds(3), batch: 2)
        let port = server.listener.port
        try await withThrowingTaskGroup(of: Void.self) { group in
            for i in 0..<12 {
                group.addTask {
                    try await onThread {
                        var random = SplitMix(state: UInt64(i))
                        let client = try TestClient(port: port, receiveBuffer: 49_152)
                        var checker = RecordChecker()
                        var replies = 0
                        for _ in 0..<12 {
                            let goal = checker.bytes + Int(random.below(200_000))
                            client.read(into: &checker, chunk: 4_000) { $0.bytes >= goal }
                            client.send("c")
                            replies += 1
                            usleepMilliseconds(Int(random.below(500)))
                        }
                        client.read(into: &checker) { $0.controls == replies && $0.isWhole }
                        #expect(checker.errors == [] && checker.controls == replies && checker.jumps > 0)
                        client.close()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(server.log.statistics.cuts == 0 && server.log.statistics.droppedBytes == 0)
        #expect(await isClean(server))
        await server.shutdown()
    }

    @Test("behind TLS gets it in pieces through the pipeline")
    func tls() async throws {
        let server = try BroadcastStallTests.server(key: 400_000, tls: TestCertificate.context())
        let log = server.log
        try await server.publisher.start(every: .milliseconds(5))
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var clients: [TLSTestClient] = []
        for _ in 0..<4 { clients.append(try await TLSTestClient(group: threads, port: server.listener.port, slow: true)) }
        #expect(await eventually(40) { log.restBytes.load(ordering: .relaxed) > 0 })
        for client in clients { #expect(await eventually(60) { client.checker.jumps >= 2 }) }
        for client in clients {
            #expect(client.checker.errors == [])
            await client.close()
        }
        #expect(await isClean(server))
        await server.shutdown()
        try await threads.shutdownGracefully()
    }
}
