import NIOCore
import NIOHTTP1

/// One request on one connection: sends it when connected, collects or passes on the answer, then closes.
final class AdminExchange: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let request: HTTPRequestHead
    private let body: [UInt8]
    private let timeout: TimeAmount?
    private let done: EventLoopPromise<AdminClient.Answer>
    private let receive: @Sendable (ByteBuffer) -> Void
    private var answer = AdminClient.Answer(status: 0, body: [])
    private var isStreaming: Bool { timeout == nil && answer.status == 200 }
    private var isOver = false

    /// - Parameter timeout: for the whole answer; nil: it goes on, and a good one is passed on instead of collected.
    init(
        _ request: HTTPRequestHead, body: [UInt8], timeout: TimeAmount?, done: EventLoopPromise<AdminClient.Answer>,
        _ receive: @escaping @Sendable (ByteBuffer) -> Void
    ) {
        self.request = request
        self.body = body
        self.timeout = timeout
        self.done = done
        self.receive = receive
    }

    func channelActive(context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(request)), promise: nil)
        if !body.isEmpty { context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: body)))), promise: nil) }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        guard let timeout else { return }
        context.eventLoop.assumeIsolated().scheduleTask(in: timeout) {
            self.end(.failure(Failure(Exit.failed, "the server did not answer in time")), context)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): answer.status = Int(head.status.code)
        case .body(let bytes) where isStreaming: receive(bytes)
        case .body(let bytes):
            guard answer.body.count + bytes.readableBytes <= AdminClient.bodyLimit else {
                return end(.failure(Failure(Exit.failed, "the answer is longer than \(AdminClient.bodyLimit) bytes")), context)
            }
            answer.body.append(contentsOf: bytes.readableBytesView)
        case .end: end(.success(answer), context)
        }
    }

    func channelInactive(context: ChannelHandlerContext) { endEarly(context) }

    private func endEarly(_ context: ChannelHandlerContext) {
        let text =
            answer.status == 0
            ? "the server closed the connection without an answer" : "the server went away in the middle of its answer"
        end(isStreaming ? .success(answer) : .failure(Failure(Exit.failed, text)), context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if case HTTPParserError.invalidEOFState? = error as? HTTPParserError { return endEarly(context) }
        end(.failure(Failure(Exit.failed, "talking to the server: \(error)")), context)
    }

    private func end(_ result: Result<AdminClient.Answer, any Error>, _ context: ChannelHandlerContext) {
        guard !isOver else { return }
        isOver = true
        done.completeWith(result)
        context.close(promise: nil)
    }
}
