import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix

/// A server of canned answers on a port of its own, and the data folder that leads to it.
final class FakeAdmin: Sendable {
    struct Request: Sendable, Equatable {
        var line: String
        var authorization: String?
        var body: String
    }

    struct Answer: Sendable {
        var status: HTTPResponseStatus = .ok
        /// Sent as so many chunks.
        var pieces: [String] = []
        var closesEarly = false
    }

    let channel: any Channel
    let folder: String
    var port: Int { channel.localAddress?.port ?? 0 }

    init(_ answer: @escaping @Sendable (Request) -> Answer) throws {
        channel = try ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(answer))
                }
            }.bind(host: "127.0.0.1", port: 0).wait()
        var template = Array("/tmp/sluice-test-XXXXXX".utf8CString)
        folder =
            mkdtemp(&template) == nil
            ? "/nonexistent" : String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    func stop() {
        try? channel.close().wait()
        for name in ["run.json", "admin.token"] { unlink(folder + "/" + name) }
        rmdir(folder)
    }

    func write(_ name: String, _ text: String) {
        guard let file = fopen(folder + "/" + name, "w") else { return }
        fputs(text, file)
        fclose(file)
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let answer: @Sendable (Request) -> Answer
        private var request = Request(line: "", body: "")

        init(_ answer: @escaping @Sendable (Request) -> Answer) { self.answer = answer }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                request = Request(
                    line: "\(head.method) \(head.uri)", authorization: head.headers["Authorization"].first, body: "")
            case .body(let bytes): request.body += String(buffer: bytes)
            case .end:
                let answer = answer(request)
                context.write(wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: answer.status))), promise: nil)
                for piece in answer.pieces {
                    context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: piece)))), promise: nil)
                }
                if answer.closesEarly { return context.close(promise: nil) }
                context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
            }
        }
    }
}
