import NIOCore
import NIOHTTP1
import Testing

@testable import HostNet

@Suite("A listener") struct ListenerTests {
    @Test("says why it cannot listen")
    func errors() async throws {
        let runtime = NetRuntime(threads: 1)
        let first = try TCPListener.listen(on: runtime, .init(address: "127.0.0.1", port: 0)) { _ in }
        func attempt(_ address: String, _ port: Int) -> NetError? {
            do throws(NetError) {
                _ = try TCPListener.listen(on: runtime, .init(address: address, port: port)) { _ in }
                return nil
            } catch { return error }
        }
        #expect(attempt("127.0.0.1", first.port) == .addressInUse("127.0.0.1:\(first.port)"))
        #expect(attempt("192.0.2.1", 0) == .addressNotAvailable("192.0.2.1:0"))
        #expect(attempt("no such name.invalid", 1) == .badAddress("no such name.invalid:1"))
        #expect(NetError.addressInUse("0.0.0.0:1935").description == "address in use: 0.0.0.0:1935")
        let port = first.port
        await first.stop()
        let again = try TCPListener.listen(on: runtime, .init(address: "127.0.0.1", port: port)) { _ in }
        await again.stop()
        await runtime.shutdown()
    }

    @Test("bounds unauthenticated connections of one address, and all of them; counts are given back")
    func limits() async throws {
        let runtime = NetRuntime(threads: 2)
        let refused = Mutexed()
        let ends = Ends()
        let counter = ConnectionCounter(limits: .init(total: 6, unauthenticatedPerAddress: 3))
        let settings = ListenerSettings(address: "127.0.0.1", port: 0, counter: counter) { peer, why in
            refused.add("\(peer.host) \(why)")
        }
        let listener = try TCPListener.listen(on: runtime, settings) { connection in
            connection.delegate = ends.delegate { $0.markAuthenticated() }
        }
        let port = listener.port
        var clients = try await onThread { try (0..<3).map { _ in try TestClient(port: port) } }
        #expect(await eventually { counter.total == 3 && counter.unauthenticated(from: "127.0.0.1") == 3 })
        let fourth = try TestClient(port: port)
        #expect(await eventually { refused.all == ["127.0.0.1 too many unauthenticated connections of one address: 3"] })
        #expect(fourth.readAll() == [])
        for client in clients { client.send("hello") }
        #expect(await eventually { counter.unauthenticated(from: "127.0.0.1") == 0 })
        clients += try await onThread { try (0..<3).map { _ in try TestClient(port: port) } }
        #expect(await eventually { counter.total == 6 })
        let seventh = try TestClient(port: port)
        #expect(await eventually { refused.all.last == "127.0.0.1 too many connections: 6" })
        for client in clients + [fourth, seventh] { client.close() }
        #expect(await eventually { counter.total == 0 && counter.unauthenticated(from: "127.0.0.1") == 0 })
        await listener.stop()
        await runtime.shutdown()
    }

    @Test("hands channels over: an HTTP response continues as a player, and what the pipeline writes later is refused")
    func httpPlayer() async throws {
        let runtime = NetRuntime(threads: 2)
        let log = BroadcastLog(runtime: runtime, writer: runtime.loops[0])
        let publisher = TestPublisher(log, runtime.loops[0])
        try await publisher.start(every: .milliseconds(3))
        let closed = Mutexed()
        let listener = try TCPListener.listenForChannels(on: runtime, .init(address: "127.0.0.1", port: 0)) { accepted in
            let pipeline = accepted.channel.pipeline.syncOperations
            var configuration = HTTPResponseEncoder.Configuration()
            configuration.automaticallySetFramingHeaders = false
            try pipeline.addHandler(HTTPResponseEncoder(configuration: configuration))
            try pipeline.addHandler(ByteToMessageHandler(HTTPRequestDecoder()))
            try pipeline.addHandler(HTTPServerPipelineHandler())
            try pipeline.addHandler(HTTPServerProtocolErrorHandler())
            accepted.player.onClosed = { closed.add($0) }
            try pipeline.addHandler(PlayerPage(accepted.player, log))
        }
        let port = listener.port
        try await onThread {
            for late in ["", "GET /again HTTP/1.1\r\nHost: a\r\n\r\n", "\u{1}garbage\r\n\r\n"] {
                let client = try TestClient(port: port)
                client.send("GET /app/stream.flv HTTP/1.1\r\nHost: a\r\n\r\n")
                let head = client.readLines()
                #expect(head.hasPrefix("HTTP/1.1 200 OK\r\n") && !head.contains("transfer-encoding"))
                var checker = RecordChecker()
                client.read(into: &checker) { $0.records >= 50 }
                client.send(late)
                let goal = checker.records + 100
                client.read(into: &checker) { $0.records >= goal }
                #expect(checker.errors == [] && checker.records >= 150)
                client.close()
            }
        }
        #expect(await eventually { closed.all.count == 3 && log.playerCount == 0 })
        await publisher.stop()
        await listener.stop()
        await runtime.shutdown()
    }
}

final class Mutexed: Sendable {
    private let list = Locked<[String]>([])
    var all: [String] { list.withLock { $0 } }
    func add(_ text: String) { list.withLock { $0.append(text) } }
}

/// Answers the first request with a head by NIO and the log as its body.
private final class PlayerPage: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    let player: PlayerChannelHandler
    let log: BroadcastLog
    init(_ player: PlayerChannelHandler, _ log: BroadcastLog) {
        self.player = player
        self.log = log
    }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let request) = unwrapInboundIn(data), !player.isAttached else { return }
        let headers: HTTPHeaders = ["content-type": "video/x-flv", "connection": "close"]
        context.writeAndFlush(
            wrapOutboundOut(.head(.init(version: request.version, status: .ok, headers: headers))), promise: nil)
        try? player.attach(to: log, head: Record.make(.head, 0, payload: 13))
    }
}
