import HostNet
import NIOCore
import NIOHTTP1
import NIOWebSocket

/// From a request to a player of a log.
extension HTTPConnection {
    static let decoderName = "http decoder"
    static let clockName = "request clock"

    func attach(
        _ exchange: HTTPExchange, to log: BroadcastLog, headers: HTTPHeaders, prefix: [UInt8], pace: BroadcastPace?,
        onClosed: (@Sendable (String) -> Void)?
    ) {
        guard isUnderWay(exchange), mayStay(onClosed) else { return }
        let head = HTTPHead.bytes(
            status: 200, headers: HTTPHead.sanitized(headers), close: true, crossOrigin: service.configuration.allowsCrossOrigin)
        guard !isHEAD else {
            onClosed?("head only")
            sendHeadOnly(head)
            return exchange.close(as: .answered)
        }
        guard join(exchange, log, Array(head.readableBytesView) + prefix, pace, acceptsControl: false, onClosed) else { return }
        stopDecoding()
    }

    func attachWebSocket(
        _ exchange: HTTPExchange, to log: BroadcastLog, prefix: [UInt8], pace: BroadcastPace?,
        onClosed: (@Sendable (String) -> Void)?
    ) {
        guard isUnderWay(exchange), mayStay(onClosed) else { return }
        let key = exchange.request.headers.first(name: "sec-websocket-key") ?? ""
        let head =
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: \(WebSocketFraming.accept(key))\r\n\r\n"
        guard join(exchange, log, Array(head.utf8) + prefix, pace, acceptsControl: true, onClosed) else { return }
        becomeWebSocket()
    }

    private func isUnderWay(_ exchange: HTTPExchange) -> Bool {
        guard case .handling(let current) = phase else { return false }
        return current === exchange
    }

    /// A client that has shut its side cannot be told from one that has gone.
    private func mayStay(_ onClosed: (@Sendable (String) -> Void)?) -> Bool {
        guard isInputClosed else { return true }
        onClosed?("closed by peer")
        context?.close(promise: nil)
        return false
    }

    private func join(
        _ exchange: HTTPExchange, _ log: BroadcastLog, _ head: [UInt8], _ pace: BroadcastPace?, acceptsControl: Bool,
        _ onClosed: (@Sendable (String) -> Void)?
    ) -> Bool {
        phase = .taken(exchange)
        waiting = []
        player.onClosed = onClosed
        do throws(NetError) {
            try player.attach(to: log, head: head, pace: pace, acceptsControl: acceptsControl)
        } catch {
            player.onClosed = nil
            onClosed?(error.description)
            phase = .handling(exchange)
            deliver(service.refusal(status: 503, reason: error.description), for: exchange)
            exchange.close(as: .answered)
            return false
        }
        service.counters.answered(acceptsControl ? 101 : 200)
        exchange.state.withLock { $0.request = nil }
        readIfWanted()
        return true
    }

    /// A player over plain HTTP has nothing more to say: no parser is kept for it, two kilobytes each.
    private func stopDecoding() {
        guard let pipeline = context?.pipeline.syncOperations else { return }
        for name in [Self.clockName, Self.decoderName] {
            guard let handler = try? pipeline.context(name: name) else { continue }
            pipeline.removeHandler(context: handler, promise: nil)
        }
    }

    private func sendHeadOnly(_ head: ByteBuffer) {
        guard let context else { return }
        hasAnswered = true
        phase = .flushing(close: true)
        service.counters.answered(200)
        context.writeAndFlush(wrapOutboundOut(head), promise: flushPromise(context))
    }

    /// Frames instead of requests from here on; what the decoder still holds is handed to the frame decoder.
    private func becomeWebSocket() {
        guard let context else { return }
        let pipeline = context.pipeline.syncOperations
        do {
            let decoder = try pipeline.context(name: HTTPConnection.decoderName)
            let frames = ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: WebSocketPeer.maximumFrame))
            try pipeline.addHandler(frames, position: .after(decoder.handler))
            try pipeline.addHandler(WebSocketPeer(player: player), position: .after(frames))
            isWebSocket = true
            pipeline.removeHandler(context: decoder, promise: nil)
        } catch {
            context.close(promise: nil)
        }
    }
}
