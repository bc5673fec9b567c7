import NIOCore
import Testing

@testable import HostNet

@Suite("A connection") struct ConnectionTests {
    @Test("gives bytes back as they were sent, over TCP and TLS")
    func echo() async throws {
        for tls in [nil, try TestCertificate.context()] {
            let runtime = NetRuntime(threads: 2)
            let settings = ListenerSettings(address: "127.0.0.1", port: 0, tls: tls)
            let listener = try TCPListener.listen(on: runtime, settings) { $0.delegate = Echo() }
            #expect(listener.port > 0 && listener.isTLS == (tls != nil))
            if tls == nil {
                let port = listener.port
                try await onThread {
                    let client = try TestClient(port: port)
                    let sent = Record.make(.head, 3, payload: 20_000)
                    client.send(sent)
                    var checker = RecordChecker()
                    client.read(into: &checker) { $0.isWhole && $0.heads == 1 }
                    #expect(checker.errors == [] && checker.heads == 1)
                    client.close()
                }
            } else {
                let client = try await TLSTestClient(group: runtime.group, port: listener.port)
                client.send(Record.make(.head, 3, payload: 20_000))
                #expect(await eventually { client.checker.heads == 1 && client.checker.isWhole })
                await client.close()
            }
            #expect(await eventually { listener.counter.total == 0 })
            await listener.stop()
            await runtime.shutdown()
        }
    }

    @Test("delivers its last words to a peer that still talks, then ends within its deadline")
    func closeAfterFlush() async throws {
        let runtime = NetRuntime(threads: 1)
        let ends = Ends()
        var settings = ListenerSettings(address: "127.0.0.1", port: 0)
        settings.outbound.closeMilliseconds = 500
        let listener = try TCPListener.listen(on: runtime, settings) { connection in
            connection.delegate = ends.delegate { connection in
                connection.send(Record.make(.head, 1, payload: 400_000))
                connection.close(afterFlush: true, reason: "refused")
                connection.close(afterFlush: true, reason: "a later reason")
            }
        }
        let port = listener.port
        try await onThread {
            let client = try TestClient(port: port)
            for _ in 0..<50 { client.send("talking on and on") }
            var checker = RecordChecker()
            let ended = client.read(into: &checker) { _ in false }
            #expect(ended && checker.heads == 1 && checker.isWhole && checker.errors == [])
            client.close()
            // And one that never reads is not waited for.
            let deaf = try TestClient(port: port, receiveBuffer: 4_096)
            deaf.send("hello")
            let before = NetClock.now
            while ends.reasons.count < 2, NetClock.now < before + 10_000_000_000 { usleepMilliseconds(20) }
            deaf.close()
        }
        #expect(await eventually { ends.reasons == ["refused", "refused"] })
        await listener.stop()
        await runtime.shutdown()
    }

    @Test("is closed when it does not read what is sent")
    func outboundIsBounded() async throws {
        let runtime = NetRuntime(threads: 1)
        let ends = Ends()
        var settings = ListenerSettings(address: "127.0.0.1", port: 0)
        settings.outbound.bufferedBytes = 1 << 20
        let listener = try TCPListener.listen(on: runtime, settings) { connection in
            connection.delegate = ends.delegate { connection in
                for _ in 0..<100 { connection.send(Record.make(.head, 1, payload: 60_000)) }
            }
        }
        let client = try TestClient(port: listener.port, receiveBuffer: 4_096)
        client.send("go")
        #expect(await eventually { ends.reasons == ["reader too slow: 1048576 bytes waiting"] })
        client.close()
        await listener.stop()
        await runtime.shutdown()
    }

    @Test("keeps one timer, which may move and stop")
    func timer() async throws {
        let runtime = NetRuntime(threads: 1)
        let delegate = Timers()
        let listener = try TCPListener.listen(on: runtime, .init(address: "127.0.0.1", port: 0)) { connection in
            connection.delegate = delegate
            let now = NetClock.now
            connection.setTimer(now + 30_000_000_000)
            connection.setTimer(now + 50_000_000)
            connection.setTimer(now + 150_000_000)
        }
        let client = try TestClient(port: listener.port)
        #expect(await eventually { delegate.state.withLock { $0.count } == 3 })
        let times = delegate.state.withLock { $0 }
        #expect(times.count == 3 && times[0].early == false && times[2].late >= times[0].late)
        try await Task.sleep(for: .milliseconds(150))
        #expect(delegate.state.withLock { $0.count } == 3)
        client.close()
        await listener.stop()
        await runtime.shutdown()
    }

    @Test("pauses and resumes reading")
    func pause() async throws {
        let runtime = NetRuntime(threads: 1)
        let ends = Ends()
        let listener = try TCPListener.listen(on: runtime, .init(address: "127.0.0.1", port: 0)) { connection in
            connection.delegate = ends.delegate { connection in
                connection.pauseReading()
                connection.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(200)) { connection.resumeReading() }
            }
        }
        let client = try TestClient(port: listener.port)
        client.send("a")
        #expect(await eventually { ends.received == 1 })
        client.send("bcd")
        try await Task.sleep(for: .milliseconds(60))
        #expect(await eventually { ends.received == 4 })
        client.close()
        #expect(await eventually { ends.reasons == ["closed by peer"] })
        await listener.stop()
        await runtime.shutdown()
    }

    @Test("tells a reset from a close")
    func reset() async throws {
        let runtime = NetRuntime(threads: 1)
        let ends = Ends()
        let listener = try TCPListener.listen(on: runtime, .init(address: "127.0.0.1", port: 0)) { connection in
            connection.delegate = ends.delegate { _ in }
        }
        let client = try TestClient(port: listener.port)
        client.send("a")
        #expect(await eventually { ends.received == 1 })
        client.reset()
        #expect(await eventually { ends.reasons == ["connection reset by peer"] })
        await listener.stop()
        await runtime.shutdown()
    }
}

/// Sends back what it gets.
final class Echo: ConnectionDelegate {
    func connection(_ connection: Connection, received bytes: UnsafeRawBufferPointer) { connection.send(bytes) }
    func connection(_ connection: Connection, timer now: UInt64) {}
    func connectionWritable(_ connection: Connection) {}
    func connection(_ connection: Connection, closed reason: String) {}
}

/// Collects the ends of connections that do something at their first bytes.
final class Ends: Sendable {
    private let state = Locked<(reasons: [String], received: Int)>(([], 0))
    var reasons: [String] { state.withLock { $0.reasons } }
    var received: Int { state.withLock { $0.received } }

    func delegate(_ first: @escaping (Connection) -> Void) -> any ConnectionDelegate { Delegate(self, first) }

    private final class Delegate: ConnectionDelegate {
        let ends: Ends
        var first: ((Connection) -> Void)?
        init(_ ends: Ends, _ first: @escaping (Connection) -> Void) {
            self.ends = ends
            self.first = first
        }
        func connection(_ connection: Connection, received bytes: UnsafeRawBufferPointer) {
            ends.state.withLock { $0.received += bytes.count }
            first?(connection)
            first = nil
        }
        func connection(_ connection: Connection, timer now: UInt64) {}
        func connectionWritable(_ connection: Connection) {}
        func connection(_ connection: Connection, closed reason: String) { ends.state.withLock { $0.reasons.append(reason) } }
    }
}

/// Re-arms twice, then stops after having armed once more.
final class Timers: ConnectionDelegate, Sendable {
    let state = Locked<[(early: Bool, late: UInt64)]>([])
    let begin = NetClock.now
    func connection(_ connection: Connection, received bytes: UnsafeRawBufferPointer) {}
    func connection(_ connection: Connection, timer now: UInt64) {
        let count = state.withLock {
            $0.append((now < begin + 150_000_000, now - begin))
            return $0.count
        }
        connection.setTimer(now + 40_000_000)
        if count == 3 { connection.setTimer(nil) }
    }
    func connectionWritable(_ connection: Connection) {}
    func connection(_ connection: Connection, closed reason: String) {}
}
