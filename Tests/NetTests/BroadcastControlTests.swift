import NIOCore
import Testing

@testable import HostNet

@Suite("An attached connection") struct BroadcastControlTests {
    @Test("gets its replies at record boundaries, in order, also when it reads slowly")
    func repliesAtBoundaries() async throws {
        var outbound = OutboundLimits()
        outbound.sendBuffer = 16 << 10
        let server = try TestServer(outbound: outbound)
        try await server.publisher.start(every: .milliseconds(3))
        let port = server.listener.port
        try await withThrowingTaskGroup(of: Void.self) { group in
            for i in 0..<6 {
                group.addTask {
                    try await onThread {
                        let client = try TestClient(port: port, receiveBuffer: i < 3 ? 49_152 : nil)
                        var checker = RecordChecker()
                        var sent = 0
                        client.read(
                            into: &checker, chunk: i < 3 ? 9_000 : 65_536,
                            pause: {
                                if sent < 150 {
                                    client.send("c")
                                    sent += 1
                                }
                            }, until: { $0.controls == 150 && $0.records > 200 })
                        #expect(checker.errors == [] && checker.controls == 150 && checker.heads == 1)
                        client.close()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(await eventually { await server.isEmpty() })
        await server.shutdown()
    }

    @Test("with more replies waiting than the bound is cut")
    func repliesAreBounded() async throws {
        var options = BroadcastOptions()
        options.controlLimit = 4_000
        let server = try TestServer(options: options)
        let client = try TestClient(port: server.listener.port, receiveBuffer: 4_096)
        #expect(await eventually { server.log.playerCount == 1 })
        client.send(String(repeating: "c", count: 4_000))
        #expect(await eventually { server.shared.reasons.withLock { $0.contains { $0.contains("control queue full") } } })
        #expect(await eventually { await server.isEmpty() })
        client.close()
        await server.shutdown()
    }

    @Test("detaches at a record boundary, is ordinary, and attaches again")
    func detachAndAttach() async throws {
        let server = try TestServer()
        try await server.publisher.start(every: .milliseconds(2))
        let port = server.listener.port
        try await withThrowingTaskGroup(of: Void.self) { group in
            for i in 0..<4 {
                group.addTask {
                    try await onThread {
                        let client = try TestClient(port: port, receiveBuffer: i < 2 ? 49_152 : nil)
                        var checker = RecordChecker()
                        for round in 1...20 {
                            let goal = checker.records + 5
                            client.read(into: &checker) { $0.records >= goal }
                            client.send("d")
                            // The session's word after detaching is an ordinary write; nothing of the log follows it.
                            client.read(into: &checker) { $0.bridges == round && $0.isWhole }
                            client.send("c")
                            client.read(into: &checker) { $0.controls == round && $0.isWhole }
                            let before = checker.records
                            client.send("a")
                            client.read(into: &checker) { $0.heads == round + 1 }
                            #expect(checker.records <= before + 40)
                            #expect(checker.errors == [])
                        }
                        client.close()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(await eventually { await server.isEmpty() })
        await server.shutdown()
    }

    @Test("closes after what it was promised, or at once, with one reason each")
    func closes() async throws {
        let server = try TestServer()
        try await server.publisher.start(every: .milliseconds(2))
        let port = server.listener.port
        try await onThread {
            for command in ["x", "q", "cx"] {
                let client = try TestClient(port: port)
                var checker = RecordChecker()
                client.read(into: &checker) { $0.records >= 20 }
                client.send(command)
                let ended = client.read(into: &checker) { _ in false }
                #expect(checker.errors == [])
                if command != "q" { #expect(ended && checker.isWhole) }
                if command == "cx" { #expect(checker.controls == 1) }
                client.close()
            }
        }
        #expect(await eventually { await server.isEmpty() })
        #expect(server.shared.reasons.withLock { $0.sorted() } == ["asked to close", "asked to close", "asked to close at once"])
        await server.shutdown()
    }
}
