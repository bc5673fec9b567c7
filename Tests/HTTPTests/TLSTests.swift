import HostHTTP
import HostNet
import HostPaths
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization
import Testing

extension SocketSuites {
    /// The same connection behind TLS.
    @Suite struct TLSTests {
        private func server() throws -> TestServer {
            let context = try TLSContext(
                certificatePEM: Array(TestCertificate.certificate.utf8), keyPEM: Array(TestCertificate.key.utf8))
            return try TestServer(tls: context)
        }

        /// Collects what the server sends until it closes.
        private final class Collector: ChannelInboundHandler, Sendable {
            typealias InboundIn = ByteBuffer
            let bytes = Mutex<[UInt8]>([])

            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                let buffer = unwrapInboundIn(data)
                bytes.withLock { $0 += buffer.readableBytesView }
            }

            func errorCaught(context: ChannelHandlerContext, error: any Error) {}

            var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
        }

        private func connect(_ server: TestServer, _ collector: Collector) async throws -> any Channel {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.certificateVerification = .none
            let context = try NIOSSLContext(configuration: configuration)
            return try await ClientBootstrap(group: server.runtime.group).channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
                    try channel.pipeline.syncOperations.addHandler(collector)
                }
            }.connect(host: "127.0.0.1", port: server.port).get()
        }

        @Test func requestsParkingAndClose() async throws {
            let server = try server()
            try server.route("/x") { exchange in
                #expect(exchange.request.isTLS)
                exchange.park(ParkKey(owner: "a", 1), for: .seconds(10))
            }
            try server.route("/big") { $0.respond(status: 200, body: [UInt8](repeating: 0x62, count: 1 << 20)) }
            let collector = Collector()
            let channel = try await connect(server, collector)
            let request = "GET /x HTTP/1.1\r\nHost: a\r\n\r\nGET /big HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
            try await channel.writeAndFlush(ByteBuffer(string: request))
            #expect(await eventually { server.service.parking.count == 1 })
            server.service.parking.release(ParkKey(owner: "a", 1), HTTPResponse(status: 200, text: "released"))
            try await channel.closeFuture.get()
            #expect(collector.text.contains("\r\n\r\nreleased"))
            #expect(collector.text.hasSuffix(String(repeating: "b", count: 1 << 20)))
            #expect(await eventually { server.service.counters.connections == 0 })
        }

        @Test func playerBehindTLSGetsTheLog() async throws {
            let server = try server()
            let log = BroadcastLog(runtime: server.runtime, writer: server.runtime.loops[0])
            try server.route("/a.flv") { exchange in
                exchange.attach(to: log, headers: ["Content-Type": "video/x-flv"], prefix: Array("FLV".utf8))
            }
            let collector = Collector()
            let channel = try await connect(server, collector)
            try await channel.writeAndFlush(ByteBuffer(string: "GET /a.flv HTTP/1.1\r\nHost: a\r\n\r\n"))
            #expect(await eventually { log.playerCount == 1 })
            server.runtime.loops[0].execute {
                for index in 0..<5 {
                    Array("<\(index)>".utf8).withUnsafeBytes { _ = log.append($0, joinPoint: index == 0, video: true) }
                }
                log.endOfBatch()
            }
            #expect(await eventually { collector.text.hasSuffix("\r\n\r\nFLV<0><1><2><3><4>") })
            try await channel.close().get()
            #expect(await eventually { log.playerCount == 0 && server.service.counters.connections == 0 })
        }

        @Test func plainTextOnATLSPortEndsTheConnection() async throws {
            let server = try server()
            let client = try server.client()
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(client.readToEnd() != nil)
            #expect(await eventually { server.service.counters.connections == 0 })
        }
    }
}
