import NIOCore
import Testing

@testable import HostNet

/// Players that stall within a record hold one shared copy of its rest, and nothing of the log.
@Suite("A player stalled within a record") struct BroadcastStallTests {
    static var options: BroadcastOptions {
        var options = BroadcastOptions()
        options.maxLagMilliseconds = 300
        options.stallMilliseconds = 60_000
        return options
    }

    /// A server whose sockets take little, so that players stall where a test wants them.
    static func server(_ options: BroadcastOptions = options, key: Int = 20_000, tls: TLSContext? = nil) throws -> TestServer {
        var outbound = OutboundLimits()
        outbound.sendBuffer = 16 << 10
        let server = try TestServer(
            options: options, tls: tls, outbound: outbound,
            limits: ConnectionLimits(total: 1_000, unauthenticatedPerAddress: 1_000))
        server.publisher.keySize = key
        return server
    }

    /// How many players have a rest still to take, and how many copies of records they share; by loop.
    static func rests(_ log: BroadcastLog) async -> [(holders: Int, records: Int)] {
        var out: [(Int, Int)] = []
        for table in log.tables {
            let one = try? await table.loop.submit { () -> (Int, Int) in
                let rows = table.groups.flatMap(\.rows).filter { $0.flags.contains(.rest) }
                #expect(rows.allSatisfy { $0.flags.contains(.waiting) })
                #expect(rows.count == table.rests.values.reduce(0) { $0 + $1.holders })
                return (rows.count, table.rests.count)
            }.get()
            out.append(one ?? (0, 0))
        }
        return out
    }

    static func holders(_ log: BroadcastLog) async -> Int { await rests(log).reduce(0) { $0 + $1.holders } }

    @Test("lets go of the log wherever it stands, and later gets the whole record, then a key frame")
    func letsGo() async throws {
        let server = try Self.server(key: 60_000)
        let log = server.log
        try await server.publisher.push(1)
        let port = server.listener.port
        let clients = try await onThread {
            try (0..<24).map { i in
                let client = try TestClient(port: port, receiveBuffer: 49_152 + Int32(i) * 2_777)
                client.send(String(repeating: "c", count: i % 7))
                return client
            }
        }
        #expect(await eventually { log.playerCount == 24 })
        let healthy = HealthyPlayer(port: port)
        try await server.publisher.start(every: .milliseconds(4))
        #expect(await eventually(40) { await log.lag().waiting >= 20 && log.restBytes.load(ordering: .relaxed) > 0 })
        #expect(await Self.rests(log).allSatisfy { $0.holders >= $0.records })
        // A group of pictures is 165 KB; 300 ms are less. What the log holds is what a reading player alone would cost.
        try await Task.sleep(for: .milliseconds(600))
        #expect(await eventually { log.mappedSegments.load(ordering: .relaxed) < 4 })
        #expect(log.slowestLag < UInt64(3 * LogSegment.size))
        try await onThread {
            for (i, client) in clients.enumerated() {
                var checker = RecordChecker()
                client.read(into: &checker) { $0.jumps >= 1 && $0.records > 20 && $0.controls == i % 7 }
                #expect(checker.errors == [] && checker.jumps >= 1 && checker.controls == i % 7 && checker.heads == 1)
                client.close()
            }
        }
        #expect(log.statistics.jumps >= 24 && log.statistics.skippedBytes > 0 && log.statistics.cuts == 0)
        let outcome = try await healthy.stop()
        #expect(outcome.checker.errors == [] && outcome.checker.jumps == 0 && !outcome.ended)
        #expect(await eventually { await server.isEmpty() })
        #expect(log.restBytes.load(ordering: .relaxed) == 0)
        await server.shutdown()
    }

    @Test("shares the record with all of its loop that stall in it", arguments: [300_000, 1_000_000])
    func sharesTheRecord(key: Int) async throws {
        let server = try Self.server(key: key)
        let log = server.log
        try await server.publisher.push(1)
        let port = server.listener.port
        let clients = try await onThread {
            try (0..<40).map { try TestClient(port: port, receiveBuffer: 32_768 + Int32($0) * 700) }
        }
        #expect(await eventually { log.playerCount == 40 })
        server.publisher.keySize = 20_000
        try await server.publisher.start(every: .milliseconds(4))
        #expect(await eventually(40) { await Self.holders(log) == 40 })
        #expect(await Self.rests(log).map(\.records) == [1, 1])
        #expect(log.restBytes.load(ordering: .relaxed) <= 2 * (key + Record.headerSize))
        #expect(await eventually { log.statistics.heldBytes < 2 * key + 4 * LogSegment.size })
        try await withThrowingTaskGroup(of: Void.self) { group in
            for part in 0..<4 {
                group.addTask {
                    try await onThread {
                        for client in clients[(part * 10)..<(part * 10 + 10)] {
                            var checker = RecordChecker()
                            client.read(into: &checker) { $0.jumps >= 1 }
                            #expect(checker.errors == [] && checker.jumps >= 1)
                            client.close()
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(await eventually { await server.isEmpty() })
        #expect(log.restBytes.load(ordering: .relaxed) == 0 && log.statistics.cuts == 0)
        await server.shutdown()
    }

    @Test("is cut after its time, its rest given back; who resets gives it back, too")
    func cutWithRest() async throws {
        var options = Self.options
        // Long enough for what comes before the cut, on a busy machine, too.
        options.stallMilliseconds = 10_000
        let server = try Self.server(options, key: 600_000)
        let log = server.log
        try await server.publisher.push(1)
        let port = server.listener.port
        let clients = try await onThread {
            try (0..<30).map { try TestClient(port: port, receiveBuffer: 49_152 + Int32($0) * 512) }
        }
        #expect(await eventually { log.playerCount == 30 })
        server.publisher.keySize = 20_000
        try await server.publisher.start(every: .milliseconds(4))
        #expect(await eventually { await Self.holders(log) == 30 })
        for client in clients[..<10] { client.reset() }
        #expect(await eventually { log.playerCount <= 20 })
        #expect(await eventually(60) { await server.isEmpty() })
        #expect(log.restBytes.load(ordering: .relaxed) == 0)
        let reasons = server.shared.reasons.withLock { $0 }
        #expect(reasons.count { $0 == "reader too slow: no progress for 10000 ms" } == 20)
        #expect(log.statistics.cuts == 20)
        for client in clients[10...] { client.close() }
        await server.shutdown()
    }

    @Test("that takes for ever over one record is cut")
    func trickles() async throws {
        var options = Self.options
        // Long enough for a busy machine to get to the reading; the whole record takes 15 s.
        options.stallMilliseconds = 10_000
        let server = try Self.server(options, key: 6_000_000)
        let log = server.log
        try await server.publisher.push(1)
        let client = try TestClient(port: server.listener.port, receiveBuffer: 49_152)
        #expect(await eventually { log.playerCount == 1 })
        server.publisher.keySize = 20_000
        try await server.publisher.start(every: .milliseconds(4))
        let checker = try await onThread {
            var checker = RecordChecker()
            client.read(into: &checker, chunk: 8_000, pause: { usleepMilliseconds(20) }, until: { _ in false })
            return checker
        }
        #expect(checker.errors == [] && checker.bytes > 100_000 && checker.bytes < 6_000_000)
        #expect(
            await eventually {
                server.shared.reasons.withLock { $0 } == ["reader too slow: one record takes longer than 10000 ms"]
            })
        #expect(await eventually { await server.isEmpty() })
        #expect(log.restBytes.load(ordering: .relaxed) == 0)
        client.close()
        await server.shutdown()
    }

    @Test("with records of more bytes than the bound: who holds the oldest is cut, the others stay")
    func restsAreBounded() async throws {
        var options = Self.options
        options.retention = 2 << 20
        let server = try Self.server(options, key: 500_000)
        let log = server.log
        server.publisher.gop = 10
        let port = server.listener.port
        // Everybody begins in a key frame of its own; the bound of 1 MiB holds two of them.
        var clients: [TestClient] = []
        for n in 1...7 {
            try await server.publisher.push(10)
            clients.append(try TestClient(port: port, receiveBuffer: 49_152))
            #expect(await eventually { log.statistics.players + Int(log.statistics.cuts) == n })
            try await Task.sleep(for: .milliseconds(400))
            try await server.publisher.push(10)
            #expect(await eventually { log.restBytes.load(ordering: .relaxed) > 0 })
        }
        #expect(await eventually { log.statistics.cuts >= 3 })
        #expect(log.restBytes.load(ordering: .relaxed) <= 1 << 20)
        #expect(log.playerCount >= 2)
        let reason = "reader too slow: records that slow readers stand in take more than 1048576 bytes"
        #expect(server.shared.reasons.withLock { !$0.isEmpty && $0.allSatisfy { $0 == reason } })
        try await server.publisher.start(every: .milliseconds(20))
        // Who came last is there, and gets the whole of what it stood in.
        let last = try #require(clients.last)
        try await onThread {
            var checker = RecordChecker()
            last.read(into: &checker) { $0.jumps >= 1 && $0.isWhole }
            #expect(checker.errors == [] && checker.jumps >= 1)
        }
        for client in clients { client.close() }
        #expect(await eventually { await server.isEmpty() })
        #expect(log.restBytes.load(ordering: .relaxed) == 0)
        await server.shutdown()
    }
}
