import NIOCore
import Testing

@testable import HostNet

@Suite("A log ends") struct BroadcastEndTests {
    @Test("and its players are closed once they have everything")
    func closesPlayers() async throws {
        var options = BroadcastOptions()
        options.stallMilliseconds = 60_000  // a busy machine lets the clients wait
        let server = try TestServer(options: options)
        try await server.publisher.push(30)
        let port = server.listener.port
        let fast = try TestClient(port: port)
        let slow = try TestClient(port: port, receiveBuffer: 49_152)
        #expect(await eventually { server.log.playerCount == 2 })
        try await server.publisher.push(200)
        try await server.publisher.run { $0.close("stream ended") }
        try await onThread {
            for client in [fast, slow] {
                var checker = RecordChecker()
                let ended = client.read(into: &checker) { _ in false }
                #expect(ended && checker.isWhole && checker.expected == 230 && checker.errors == [])
                client.close()
            }
        }
        #expect(await eventually { await server.isEmpty() })
        #expect(server.shared.reasons.withLock { $0 } == ["stream ended", "stream ended"])
        try await server.publisher.run { log in
            #expect(!Record.make(.key, 0, payload: 1).withUnsafeBytes { log.append($0, joinPoint: true, video: true) })
        }
        await server.shutdown()
    }

    @Test("and a newcomer is refused")
    func refusesNewcomers() async throws {
        let server = try TestServer()
        try await server.publisher.run { $0.close("stream ended") }
        let client = try TestClient(port: server.listener.port)
        #expect(await eventually { server.shared.reasons.withLock { $0 } == ["attach: log closed"] })
        client.close()
        await server.shutdown()
    }

    @Test("and another continues it: each player goes on at a boundary, the bridge between")
    func replaced() async throws {
        var outbound = OutboundLimits()
        outbound.sendBuffer = 32 << 10
        let server = try TestServer(outbound: outbound)
        try await server.publisher.start(every: .milliseconds(2))
        let port = server.listener.port
        let readers = Task {
            try await withThrowingTaskGroup(of: RecordChecker.self) { group in
                for i in 0..<8 {
                    group.addTask {
                        try await onThread {
                            let client = try TestClient(port: port, receiveBuffer: i < 3 ? 49_152 : nil)
                            var checker = RecordChecker()
                            client.read(into: &checker, chunk: i < 3 ? 8_000 : 65_536) { $0.bridges == 4 && $0.records > 1_000 }
                            client.close()
                            return checker
                        }
                    }
                }
                return try await group.reduce(into: [RecordChecker]()) { $0.append($1) }
            }
        }
        #expect(await eventually { server.log.playerCount == 8 })
        for n in 0..<4 {
            try await Task.sleep(for: .milliseconds(150))
            let next = BroadcastLog(runtime: server.runtime, writer: server.publisher.loop)
            server.shared.target.withLock { $0 = next }
            try await server.publisher.change(to: next, bridge: Record.make(.bridge, UInt64(n), payload: 30))
        }
        for checker in try await readers.value {
            #expect(checker.errors == [] && checker.bridges == 4 && checker.heads == 1)
        }
        #expect(await eventually { await server.isEmpty() && server.publisher.log.playerCount == 0 })
        await server.shutdown()
    }

    @Test("held: players stay, get the rest, and go on in the log that replaces it")
    func heldThenReplaced() async throws {
        let server = try TestServer()
        try await server.publisher.push(10)
        let client = try TestClient(port: server.listener.port)
        #expect(await eventually { server.log.playerCount == 1 })
        try await server.publisher.run { $0.close("publisher left", keepPlayers: true) }
        let old = server.log
        let next = BroadcastLog(runtime: server.runtime, writer: server.publisher.loop)
        let first = try await onThread {
            var checker = RecordChecker()
            client.read(into: &checker) { $0.records == 10 && $0.isWhole }
            return checker
        }
        #expect(first.errors == [] && old.playerCount == 1)
        try await server.publisher.change(to: next, bridge: Record.make(.bridge, 0, payload: 30))
        try await server.publisher.push(20)
        let all = try await onThread {
            var checker = first
            client.read(into: &checker) { $0.records == 30 && $0.isWhole }
            return checker
        }
        #expect(all.errors == [] && all.bridges == 1 && all.jumps == 0)
        client.close()
        await server.shutdown()
    }

    @Test("and its players go on where another one begins, which has been written already")
    func replacedByWhatIsThere() async throws {
        let server = try TestServer()
        try await server.publisher.push(10)
        let client = try TestClient(port: server.listener.port)
        #expect(await eventually { server.log.playerCount == 1 })
        let next = BroadcastLog(runtime: server.runtime, writer: server.publisher.loop)
        try await server.publisher.run { old in
            // What players of the old log have had, then what they have not.
            _ = Record.make(.inter, 9, payload: 500).withUnsafeBytes { next.append($0, joinPoint: true, video: true) }
            let entry = next.end
            next.setPrefix(Record.make(.bridge, 7, payload: 30))
            for number in 10..<15 as Range<UInt64> {
                _ = Record.make(.inter, number, payload: 700).withUnsafeBytes { next.append($0, joinPoint: false, video: true) }
            }
            old.close("replaced", keepPlayers: true)
            BroadcastLog.replace(old, with: next, bridge: next.currentPrefix, entry: entry)
        }
        let checker = try await onThread {
            var checker = RecordChecker()
            client.read(into: &checker) { $0.records == 15 && $0.isWhole }
            return checker
        }
        #expect(checker.errors == [] && checker.bridges == 1 && checker.jumps == 0)
        client.close()
        #expect(await eventually { next.playerCount == 0 })
        await server.shutdown()
    }

    @Test("its writer may move to another loop while it lives")
    func writerMoves() async throws {
        let runtime = NetRuntime(threads: 2)
        let log = BroadcastLog(runtime: runtime, writer: runtime.loops[0])
        let listener = try TCPListener.listen(on: runtime, .init(address: "127.0.0.1", port: 0)) { c in
            try? c.attach(to: log, head: Record.make(.head, 0, payload: 3))
        }
        let port = listener.port
        let client = try TestClient(port: port)
        for n in 0..<20 {
            let loop = runtime.loops[n % 2]
            try await loop.submit {
                let bytes = Record.make(n == 0 ? .key : .inter, UInt64(n), payload: 50)
                if n == 0 { log.setPrefix(Record.make(.prefix, 0, payload: 5)) }
                bytes.withUnsafeBytes { _ = log.append($0, joinPoint: n == 0, video: n % 3 == 0) }
                log.endOfBatch()
            }.get()
            await withCheckedContinuation { c in
                loop.execute { log.moveWriter(to: runtime.loops[(n + 1) % 2]) { c.resume() } }
            }
        }
        try await onThread {
            var checker = RecordChecker()
            client.read(into: &checker) { $0.records == 20 && $0.isWhole }
            #expect(checker.errors == [] && checker.expected == 20)
            client.close()
        }
        await listener.stop()
        await runtime.shutdown()
    }
}
