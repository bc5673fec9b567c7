import NIOCore
import Testing

@testable import HostNet

@Suite("A player joins") struct BroadcastJoinTests {
    @Test("at the latest join point, with head and prefix before it, and follows")
    func joinsAtLatestJoinPoint() async throws {
        var options = BroadcastOptions()
        options.retention = 64 << 20
        options.maxLagMilliseconds = 60_000  // a busy machine lets the client sleep
        let server = try TestServer(options: options)
        try await server.publisher.push(45)
        let port = server.listener.port
        let client = try TestClient(port: port)
        let first = try await onThread {
            var checker = RecordChecker()
            client.read(into: &checker) { $0.records == 15 }
            return checker
        }
        #expect(first.errors == [])
        #expect(first.heads == 1 && first.prefixes == 1 && first.keys == 1)
        #expect(first.expected == 45)
        try await server.publisher.start(every: .milliseconds(2))
        let later = try await onThread {
            var checker = first
            client.read(into: &checker) { $0.records >= 300 }
            return checker
        }
        #expect(later.errors == [] && later.jumps == 0 && later.prefixes == 1)
        client.close()
        #expect(await eventually { await server.isEmpty() })
        await server.shutdown()
    }

    @Test("before the first join point: gets its head and waits")
    func waitsForTheFirstJoinPoint() async throws {
        let server = try TestServer()
        let client = try TestClient(port: server.listener.port)
        let head = try await onThread {
            var checker = RecordChecker()
            client.read(into: &checker) { $0.heads == 1 && $0.isWhole }
            return checker
        }
        #expect(head.errors == [] && head.records == 0)
        try await server.publisher.push(10)
        let all = try await onThread {
            var checker = head
            client.read(into: &checker) { $0.records == 10 && $0.isWhole }
            return checker
        }
        #expect(all.errors == [] && all.prefixes == 1)
        client.close()
        await server.shutdown()
    }

    @Test("whatever the pace, audio alone is flushed within its wait")
    func audioAloneIsFlushed() async throws {
        let server = try TestServer()
        try await server.publisher.push(1)
        let client = try TestClient(port: server.listener.port)
        var checker = RecordChecker()
        for n in 1...6 {
            if n > 1 { try await server.publisher.push(1, video: false) }
            let before = checker
            checker = try await onThread {
                var checker = before
                client.read(into: &checker) { $0.records == n && $0.isWhole }
                return checker
            }
            #expect(checker.errors == [] && checker.records == n)
        }
        client.close()
        await server.shutdown()
    }

    @Test("a large head that NIO must hold comes before the log, whole, at a reader that sleeps")
    func largeHeadFirst() async throws {
        let server = try TestServer(head: 6 << 20)
        try await server.publisher.start(every: .milliseconds(5))
        let client = try TestClient(port: server.listener.port, receiveBuffer: 49_152)
        try await Task.sleep(for: .milliseconds(700))
        let checker = try await onThread {
            var checker = RecordChecker()
            client.read(into: &checker) { $0.records >= 60 }
            return checker
        }
        #expect(checker.errors == [])
        #expect(checker.heads == 1 && checker.records >= 60)
        client.close()
        await server.shutdown()
    }

    @Test("after bytes that NIO still holds: these first, then the log")
    func waitsForNIO() async throws {
        let server = try TestServer(attachAtOnce: false)
        try await server.publisher.start(every: .milliseconds(5))
        let port = server.listener.port
        try await onThread {
            let client = try TestClient(port: port, receiveBuffer: 49_152)
            // Replies before the attachment are ordinary writes; thousands of them stay in NIO while nobody reads.
            client.send(String(repeating: "c", count: 3_000) + "a")
            usleepMilliseconds(500)
            var checker = RecordChecker()
            client.read(into: &checker) { $0.records >= 60 }
            #expect(checker.errors == [])
            #expect(checker.controls == 3_000 && checker.heads == 1)
            client.close()
        }
        await server.shutdown()
    }

    @Test("with no head and no prefix")
    func bareLog() async throws {
        let runtime = NetRuntime(threads: 1)
        let log = BroadcastLog(runtime: runtime, writer: runtime.loops[0])
        try await runtime.loops[0].submit {
            Record.make(.key, 0, payload: 10).withUnsafeBytes { _ = log.append($0, joinPoint: true, video: true) }
            log.endOfBatch()
        }.get()
        let listener = try TCPListener.listen(on: runtime, .init(address: "127.0.0.1", port: 0)) { c in
            try? c.attach(to: log)
        }
        let port = listener.port
        try await onThread {
            let client = try TestClient(port: port)
            var checker = RecordChecker()
            checker.hasPrefix = false
            client.read(into: &checker) { $0.records == 1 && $0.isWhole }
            #expect(checker.errors == [] && checker.records == 1)
            client.close()
        }
        await listener.stop()
        await runtime.shutdown()
    }
}
