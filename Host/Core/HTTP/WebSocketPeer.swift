import HostNet
import NIOCore
import NIOWebSocket

/// What a WebSocket player sends: pings are answered, a close is answered and obeyed, data is dropped, rubbish closes.
/// Replies go through the player's control queue, so they never cut a record. Confined to the channel's loop.
final class WebSocketPeer: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    /// The longest frame a player may send; players have nothing to say.
    static let maximumFrame = 4096

    private let player: PlayerChannelHandler
    private var isClosing = false

    init(player: PlayerChannelHandler) {
        self.player = player
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isClosing else { return }
        let frame = unwrapInboundIn(data)
        guard frame.maskKey != nil, !frame.rsv1, !frame.rsv2, !frame.rsv3 else {
            return close(context, code: 1002, reason: "unmasked or reserved frame")
        }
        let payload = frame.unmaskedData
        let isControl = [.ping, .pong, .connectionClose].contains(frame.opcode)
        if isControl, !frame.fin || payload.readableBytes > 125 {
            return close(context, code: 1002, reason: "bad control frame")
        }
        switch frame.opcode {
        case .ping: reply(opcode: 10, Array(payload.readableBytesView))
        case .connectionClose: answerClose(context, payload)
        case .pong, .text, .binary, .continuation: break
        default: close(context, code: 1002, reason: "unknown frame")
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard !isClosing else { return }
        guard let error = error as? NIOWebSocketError else {
            context.fireErrorCaught(error)
            return
        }
        let isTooLong = error == .invalidFrameLength
        close(context, code: isTooLong ? 1009 : 1002, reason: isTooLong ? "frame is too long" : "malformed frame")
    }

    private func answerClose(_ context: ChannelHandlerContext, _ payload: ByteBuffer) {
        let code = payload.getInteger(at: payload.readerIndex, as: UInt16.self) ?? 1000
        close(context, code: code, reason: "closed by peer")
    }

    /// Sends a close frame at the next record boundary, then closes; in any case after two seconds.
    private func close(_ context: ChannelHandlerContext, code: UInt16, reason: String) {
        isClosing = true
        player.noteReason(reason)
        reply(opcode: 8, [UInt8(truncatingIfNeeded: code >> 8), UInt8(truncatingIfNeeded: code)])
        let channel = context.channel
        player.detach { _ in channel.close(promise: nil) }
        context.eventLoop.scheduleTask(in: .seconds(2)) { channel.close(promise: nil) }
    }

    private func reply(opcode: UInt8, _ payload: [UInt8]) {
        let bytes = WebSocketFraming.head(opcode: opcode, length: payload.count) + payload
        // A full queue closes the player by itself; there is nothing more to do here.
        bytes.withUnsafeBytes { try? player.sendControl($0) }
    }
}
