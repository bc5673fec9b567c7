import NIOCore
import NIOHTTP1

/// Bodies that a handler writes piece by piece.
extension HTTPConnection {
    func begin(_ exchange: HTTPExchange, status: Int, headers: HTTPHeaders, length: Int?) {
        guard case .handling(let current) = phase, current === exchange, let context else { return }
        guard !isInputClosed else {
            context.close(promise: nil)
            return
        }
        var close = isLast
        var lines = HTTPHead.sanitized(headers)
        let framing: Framing
        if isHEAD {
            framing = .none(close: close)
        } else if let length {
            lines.add(name: "Content-Length", value: String(length))
            framing = .plain(close: close)
        } else if exchange.request.isVersion11 {
            lines.add(name: "Transfer-Encoding", value: "chunked")
            framing = .chunked
        } else {
            close = true
            framing = .plain(close: true)
        }
        hasAnswered = true
        service.counters.answered(status)
        phase = .streaming(exchange, framing)
        bufferedAtDeadline = .max
        setDeadline(in: service.limits.progressTime)
        let head = HTTPHead.bytes(
            status: status, headers: lines, close: close, crossOrigin: service.configuration.allowsCrossOrigin)
        context.writeAndFlush(wrapOutboundOut(head), promise: nil)
    }

    func stream(_ bytes: ByteBuffer, for exchange: HTTPExchange, _ completion: (@Sendable (Bool) -> Void)?) {
        let count = bytes.readableBytes
        guard case .streaming(let current, let framing) = phase, current === exchange, let context else {
            exchange.pending.wrappingSubtract(count, ordering: .relaxed)
            completion?(false)
            return
        }
        guard exchange.pendingBytes <= service.limits.pendingBytes else {
            exchange.pending.wrappingSubtract(count, ordering: .relaxed)
            completion?(false)
            context.close(promise: nil)
            return
        }
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.whenComplete { result in
            exchange.pending.wrappingSubtract(count, ordering: .relaxed)
            if let completion {
                if case .success = result { completion(true) } else { completion(false) }
            }
        }
        guard count > 0 else { return promise.succeed(()) }
        switch framing {
        case .none: promise.succeed(())
        case .plain: context.writeAndFlush(wrapOutboundOut(bytes), promise: promise)
        case .chunked:
            context.write(wrapOutboundOut(ByteBuffer(string: String(count, radix: 16) + "\r\n")), promise: nil)
            context.write(wrapOutboundOut(bytes), promise: promise)
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "\r\n")), promise: nil)
        }
    }

    func endStream(_ exchange: HTTPExchange) {
        guard case .streaming(let current, let framing) = phase, current === exchange, let context else { return }
        let close: Bool
        switch framing {
        case .chunked: close = isLast
        case .plain(let value), .none(let value): close = value
        }
        phase = .flushing(close: close)
        var tail = ByteBuffer()
        if case .chunked = framing { tail.writeStaticString("0\r\n\r\n") }
        context.writeAndFlush(wrapOutboundOut(tail), promise: flushPromise(context))
    }
}
