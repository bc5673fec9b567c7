import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import HostNet

@Suite("TLS players") struct BroadcastTLSTests {
    @Test("get the stream through the pipeline; slow ones jump, replies and detaching work")
    func players() async throws {
        var options = BroadcastOptions()
        options.retention = 16 << 20
        options.maxLagMilliseconds = 300
        options.maxJumps = 10_000
        var outbound = OutboundLimits()
        outbound.sendBuffer = 16 << 10
        let server = try TestServer(options: options, tls: TestCertificate.context(), outbound: outbound)
        try await server.publisher.start(every: .milliseconds(5))
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var clients: [TLSTestClient] = []
        for i in 0..<6 {
            clients.append(
                try await TLSTestClient(
                    group: group, port: server.listener.port, slow: i < 2, version: i == 5 ? .tlsv12 : nil))
        }
        for client in clients[2...] {
            client.send("ccc")
            #expect(await eventually(40) { client.checker.records > 300 && client.checker.controls == 3 })
            client.send("d")
            #expect(await eventually(40) { client.checker.bridges == 1 })
            client.send("a")
            #expect(await eventually(40) { client.checker.heads == 2 && client.checker.records > 400 })
        }
        for client in clients[..<2] { #expect(await eventually(60) { client.checker.jumps >= 1 }) }
        for client in clients {
            #expect(client.checker.errors == [])
            await client.close()
        }
        #expect(await eventually(40) { await server.isEmpty() })
        await server.shutdown()
        try await group.shutdownGracefully()
    }

    @Test("new connections use the certificate that was read last")
    func reload() async throws {
        let files = TemporaryFiles()
        try files.write("c.pem", TestCertificate.first.certificate)
        try files.write("k.pem", TestCertificate.first.key)
        let context = try TLSContext(certificate: files.path("c.pem"), key: files.path("k.pem"))
        let server = try TestServer(tls: context)
        try await server.publisher.push(1)
        let port = server.listener.port
        #expect(try await onThread { try subject(of: port) }.contains("first.test"))
        try files.write("c.pem", "nonsense")
        #expect(throws: NetError.self) { try context.reload() }
        #expect(try await onThread { try subject(of: port) }.contains("first.test"))
        try files.write("c.pem", TestCertificate.second.certificate)
        // The key does not belong to it yet.
        #expect(throws: NetError.self) { try context.reload() }
        try files.write("k.pem", TestCertificate.second.key)
        try context.reload()
        #expect(try await onThread { try subject(of: port) }.contains("second.test"))
        await server.shutdown()
        files.remove()
    }

    @Test("a peer that speaks no TLS is closed with a reason")
    func plaintext() async throws {
        let server = try TestServer(tls: TestCertificate.context(), attachAtOnce: false)
        let client = try TestClient(port: server.listener.port)
        client.send("GET / HTTP/1.0\r\n\r\n")
        #expect(await eventually(40) { server.shared.reasons.withLock { $0.count } == 1 })
        client.close()
        #expect(await eventually(40) { await server.isEmpty() })
        await server.shutdown()
    }
}
