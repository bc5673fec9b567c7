import NIOCore

/// Sits before the HTTP decoder: tells the connection of the first byte of a request, and drops bytes nobody will read.
final class RequestClock: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let connection: HTTPConnection

    init(_ connection: HTTPConnection) {
        self.connection = connection
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard connection.takes(byteCount: unwrapInboundIn(data).readableBytes) else { return }
        context.fireChannelRead(data)
    }
}
