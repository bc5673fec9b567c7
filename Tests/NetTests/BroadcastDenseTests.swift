import NIOCore
import Testing

@testable import HostNet

@Suite("Dense pace") struct BroadcastDenseTests {
    @Test("spreads players over phases, sends everything, and sleeps when there is nothing")
    func phases() async throws {
        var options = BroadcastOptions(pace: .dense)
        options.maxLagMilliseconds = 60_000  // the clients are read one after the other
        let server = try TestServer(options: options)
        server.publisher.keySize = 2_000
        server.publisher.interSize = 200
        try await server.publisher.start(every: .milliseconds(10))
        let port = server.listener.port
        let clients = try await onThread { try (0..<160).map { _ in try TestClient(port: port) } }
        #expect(await eventually { server.log.playerCount == 160 })
        for table in server.log.tables {
            let counts = try await table.loop.submit { table.groups.map(\.rows.count) }.get()
            #expect(counts[0] == 0 && counts[1...].allSatisfy { $0 >= 8 }, "\(counts)")
        }
        try await onThread {
            for client in clients {
                var checker = RecordChecker()
                client.read(into: &checker) { $0.records >= 40 }
                #expect(checker.errors == [] && checker.jumps == 0)
            }
        }
        await server.publisher.stop()
        #expect(await eventually { server.log.tables.allSatisfy { $0.isAsleep.load(ordering: .relaxed) } })
        for table in server.log.tables { #expect(try await !table.loop.submit { table.isTicking }.get()) }
        // Awake again with the next record.
        try await server.publisher.push(1)
        let end = server.publisher.sequence
        try await onThread {
            for client in clients.prefix(20) {
                client.timeout(5_000)
                #expect(!client.readAvailable(atLeast: 1).isEmpty)
            }
            for client in clients { client.close() }
        }
        #expect(end > 40)
        #expect(await eventually { await server.isEmpty() })
        await server.shutdown()
    }

    @Test("flushes early when much waits for a phase")
    func early() async throws {
        let server = try TestServer(options: BroadcastOptions(pace: .dense))
        server.publisher.keySize = 300_000
        server.publisher.gop = 4
        let port = server.listener.port
        let client = try TestClient(port: port)
        try await server.publisher.start(every: .milliseconds(15))
        try await onThread {
            var checker = RecordChecker()
            client.read(into: &checker) { $0.records >= 60 }
            #expect(checker.errors == [])
            client.close()
        }
        await server.shutdown()
    }

    @Test("and low pace live side by side in one log")
    func mixed() async throws {
        let runtime = NetRuntime(threads: 2)
        let log = BroadcastLog(runtime: runtime, writer: runtime.loops[0])
        let publisher = TestPublisher(log, runtime.loops[0])
        let listener = try TCPListener.listen(on: runtime, .init(address: "127.0.0.1", port: 0)) { c in
            try? c.attach(to: log, head: Record.make(.head, 0, payload: 3), pace: c.id % 2 == 0 ? .low : .dense)
        }
        try await publisher.start(every: .milliseconds(5))
        let port = listener.port
        try await onThread {
            let clients = try (0..<12).map { _ in try TestClient(port: port) }
            for client in clients {
                var checker = RecordChecker()
                client.read(into: &checker) { $0.records >= 100 }
                #expect(checker.errors == [])
                client.close()
            }
        }
        await publisher.stop()
        await listener.stop()
        await runtime.shutdown()
    }
}
