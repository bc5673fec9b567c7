import HostPaths
import NIOCore
import NIOHTTP1

/// From a response to the wire, and what follows it.
extension HTTPConnection {
    /// Sends an exchange's complete response, on the loop; does nothing when the exchange is not the one under way.
    func deliver(_ response: HTTPResponse, for exchange: HTTPExchange) {
        guard case .handling(let current) = phase, current === exchange else { return }
        let request = exchange.request
        let close = isLast
        if response.status == 200, let match = request.headers.first(name: "if-none-match"),
            let tag = response.headers.first(name: "etag"), EntityTag.matches(tag, in: match),
            request.method == .GET || request.method == .HEAD
        {
            let unchanged = HTTPResponse(status: 304, headers: response.headers)
            return send(unchanged, variant(for: nil, unchanged, close: close), body: nil, close: close)
        }
        if request.method == .GET, response.status == 200, let answer = ranged(response, request) {
            return send(answer, variant(for: nil, answer, close: close), body: answer.body, close: close)
        }
        let form = variant(for: request, response, close: close)
        let body = form.contains(.gzip) ? response.gzipped() : response.body
        send(response, form, body: isHEAD ? nil : body, close: close)
    }

    /// No request can follow the one under way.
    var isLast: Bool {
        !keepsAlive || ((isInputBroken || isInputClosed) && waitingHeads == 0)
    }

    func variant(for request: HTTPRequest?, _ response: HTTPResponse, close: Bool) -> HTTPResponse.Variant {
        var variant: HTTPResponse.Variant = []
        if close { variant.insert(.close) }
        if service.configuration.allowsCrossOrigin { variant.insert(.crossOrigin) }
        if let request, response.isCompressible,
            AcceptEncoding.accepts("gzip", in: request.headers["accept-encoding"]), response.gzipped() != nil
        {
            variant.insert(.gzip)
        }
        return variant
    }

    private func ranged(_ response: HTTPResponse, _ request: HTTPRequest) -> HTTPResponse? {
        let values = request.headers["range"]
        guard values.count == 1 else { return nil }
        if let condition = request.headers.first(name: "if-range") {
            guard let tag = response.headers.first(name: "etag"), tag == condition, !tag.hasPrefix("W/") else { return nil }
        }
        let length = response.body.readableBytes
        var headers = response.headers
        switch ByteRange(values.first, length: length) {
        case .whole: return nil
        case .unsatisfiable:
            let refusal: HTTPHeaders = ["Content-Range": "bytes */\(length)"]
            return service.refusal(status: 416, reason: "range is outside the body", headers: refusal)
        case .part(let range):
            let start = response.body.readerIndex + range.lowerBound
            guard let slice = response.body.getSlice(at: start, length: range.count) else { return nil }
            headers.replaceOrAdd(name: "Content-Range", value: "bytes \(range.lowerBound)-\(range.upperBound - 1)/\(length)")
            return HTTPResponse(status: 206, headers: headers, body: slice)
        }
    }

    /// Writes head and body in one flush, then goes on to the next request or closes.
    func send(_ response: HTTPResponse, _ variant: HTTPResponse.Variant, body: ByteBuffer?, close: Bool) {
        guard let context else { return }
        hasAnswered = true
        phase = .flushing(close: close)
        bufferedAtDeadline = .max
        setDeadline(in: service.limits.progressTime)
        service.counters.answered(response.status)
        let promise = flushPromise(context)
        let head = response.head(variant)
        if let body, body.readableBytes > 0 {
            context.write(wrapOutboundOut(head), promise: nil)
            context.writeAndFlush(wrapOutboundOut(body), promise: promise)
        } else {
            context.writeAndFlush(wrapOutboundOut(head), promise: promise)
        }
    }

    /// Succeeds when the kernel has all that was written; then the next request has its turn, or the connection ends.
    func flushPromise(_ context: ChannelHandlerContext) -> EventLoopPromise<Void> {
        let promise = context.eventLoop.makePromise(of: Void.self)
        promise.futureResult.assumeIsolated().whenComplete { result in
            switch result {
            case .success: self.flushed()
            case .failure: self.context?.close(promise: nil)
            }
        }
        return promise
    }

    private func flushed() {
        guard case .flushing(let close) = phase else { return }
        if close { return finishOutput() }
        next()
    }

    /// The connection is free for the next request.
    func next() {
        phase = .idle
        isHEAD = false
        setDeadline(in: service.limits.idleTime)
        drain()
    }

    /// Ends the connection so that what was written still arrives: shuts output, then waits for the peer's end.
    func finishOutput() {
        guard let context else { return }
        waiting = []
        waitingHeads = 0
        guard !isTLS, !isInputClosed else {
            phase = .lingering
            context.close(promise: nil)
            return
        }
        phase = .lingering
        setDeadline(in: .seconds(2))
        context.close(mode: .output, promise: nil)
        readIfWanted()
    }

    func abort(_ exchange: HTTPExchange) {
        switch phase {
        case .handling(let current), .streaming(let current, _), .taken(let current):
            if current === exchange { context?.close(promise: nil) }
        default: break
        }
    }

    /// Keeps a request until the deadline that its handler named.
    func park(_ exchange: HTTPExchange, until deadline: NIODeadline) {
        guard case .handling(let current) = phase, current === exchange else { return }
        if isInputClosed {  // half-closed, and now it would have to wait: gone for all we can tell
            context?.close(promise: nil)
        } else {
            setDeadline(deadline)
        }
    }

    /// Called by the sweep once the deadline is over; sets another one or ends what took too long.
    func deadlinePassed() {
        switch phase {
        case .idle, .head, .lingering: context?.close(promise: nil)  // nobody reads an answer to half a head
        case .body: refuse(status: 408, "request took too long", close: true)
        case .handling(let exchange):
            setDeadline(in: service.limits.handlerTime)
            exchange.expire()
        case .flushing, .streaming, .taken: checkProgress()
        case .closed: sweep?.remove(self)
        }
    }

    /// Closes a connection whose peer has taken nothing of what waits for it since the last look.
    private func checkProgress() {
        guard let context else { return }
        let buffered = (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        let left = Int64(buffered)
        setDeadline(in: service.limits.progressTime)
        if left > 0, left >= bufferedAtDeadline {
            context.close(promise: nil)
        }
        bufferedAtDeadline = left > 0 ? left : .max
    }
}
