import NIOCore

/// The last handler of a raw connection's pipeline: turns NIO's events into the delegate's calls.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let connection: Connection

    private let pacer: TurnPacer?

    init(_ connection: Connection, pacer: TurnPacer?) {
        self.connection = connection
        self.pacer = pacer
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard connection.isOpen else { return }
        if connection.isPublisher { pacer?.noteRead() }
        connection.readBegins()
        let buffer = unwrapInboundIn(data)
        connection.receivedBytes &+= UInt64(buffer.readableBytes)
        buffer.withUnsafeReadableBytes { connection.delegate?.connection(connection, received: $0) }
    }

    func channelReadComplete(context: ChannelHandlerContext) { connection.readEnds() }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, connection.isOpen { connection.delegate?.connectionWritable(connection) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        connection.player.noteReason(reasonText(error))
        context.close(promise: nil)
    }
}
