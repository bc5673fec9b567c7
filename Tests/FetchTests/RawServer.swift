import NIOCore
import NIOPosix
import Synchronization

/// A server of a few lines: answers each request with the bytes that its path stands for, whatever they are. No bytes: it never answers.
final class RawServer: Sendable {
    static let reset = "RESET"

    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let channel: any Channel
    let port: Int
    let seen: Seen

    /// What came.
    final class Seen: Sendable {
        let requests = Mutex<[String]>([])
        let connections = Atomic<Int>(0)
    }

    init(_ answers: [String: String]) throws {
        let seen = Seen()
        channel = try ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                seen.connections.wrappingAdd(1, ordering: .relaxed)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Answerer(seen, answers))
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        port = channel.localAddress?.port ?? 0
        self.seen = seen
    }

    var origin: String { "http://127.0.0.1:\(port)" }

    func stop() {
        try? channel.close().wait()
        try? group.syncShutdownGracefully()
    }

    private final class Answerer: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer
        private let seen: Seen
        private let answers: [String: String]
        private var bytes: [UInt8] = []

        init(_ seen: Seen, _ answers: [String: String]) {
            self.seen = seen
            self.answers = answers
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            bytes += unwrapInboundIn(data).readableBytesView
            // The requests of these tests come whole: a head, and bodies that end with "!".
            let text = String(decoding: bytes, as: UTF8.self)
            guard text.hasSuffix("\r\n\r\n") && !text.lowercased().contains("content-length: ") || text.hasSuffix("!") else {
                return
            }
            bytes = []
            seen.requests.withLock { $0.append(text) }
            let parts = text.split(separator: " ", maxSplits: 2)
            switch parts.count > 1 ? answers[String(parts[1])] : nil {
            case nil, "": return
            case RawServer.reset: context.close(promise: nil)
            case .some(let answer): context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
            }
        }
    }
}
