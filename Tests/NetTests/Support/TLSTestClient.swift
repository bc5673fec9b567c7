import NIOCore
import NIOPosix
import NIOSSL

@testable import HostNet

/// A TLS client on NIO that checks what it reads; may pause between reads.
final class TLSTestClient: Sendable {
    let shared: Shared
    private let channel: any Channel

    struct State: Sendable {
        var checker = RecordChecker()
        var ended = false
    }

    init(group: any EventLoopGroup, port: Int, slow: Bool = false, version: TLSVersion? = nil) async throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.certificateVerification = .none
        configuration.maximumTLSVersion = version
        let context = try NIOSSLContext(configuration: configuration)
        let state = Shared()
        shared = state
        channel = try await ClientBootstrap(group: group)
            .channelOption(.socketOption(.so_rcvbuf), value: slow ? 65_536 : 262_144)
            .channelOption(.recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: slow ? 8_192 : 65_536))
            .channelOption(.maxMessagesPerRead, value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(NIOSSLClientHandler(context: context, serverHostname: nil))
                    try pipeline.addHandler(Reader(state, slow: slow))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
    }

    final class Shared: Sendable {
        let state = Locked(State())
    }

    var checker: RecordChecker { shared.state.withLock { $0.checker } }
    var ended: Bool { shared.state.withLock { $0.ended } }

    func send(_ text: String) { channel.writeAndFlush(ByteBuffer(string: text), promise: nil) }
    func send(_ bytes: [UInt8]) { channel.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil) }
    func close() async { try? await channel.close().get() }

    private final class Reader: ChannelDuplexHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundIn = ByteBuffer
        let shared: Shared
        let slow: Bool
        private var isPaused = false
        init(_ shared: Shared, slow: Bool) {
            self.shared = shared
            self.slow = slow
        }
        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let buffer = unwrapInboundIn(data)
            shared.state.withLock { s in buffer.withUnsafeReadableBytes { s.checker.feed($0) } }
            guard slow, !isPaused else { return }
            isPaused = true
            context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(40)) {
                self.isPaused = false
                context.read()
            }
        }
        func read(context: ChannelHandlerContext) { if !isPaused { context.read() } }
        func channelInactive(context: ChannelHandlerContext) { shared.state.withLock { $0.ended = true } }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
