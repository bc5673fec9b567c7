// HTTPConnection: one client's connection, from its first byte to its close.
//
// It owns the order of things: one request at a time, the rest waiting bounded; deadlines for head, body, handler and
// progress; what a response looks like on the wire. Reading stops while a request is being answered. Confined to its
// event loop; exchanges reach it through `run`.

import HostNet
import HostPaths
import NIOCore
import NIOHTTP1

final class HTTPConnection: ChannelDuplexHandler, @unchecked Sendable {  // loop-confined, see above
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    enum Phase {
        /// Between requests, nothing received yet.
        case idle
        /// The first byte of a head has come.
        case head
        /// The head is accepted, the body is being collected.
        case body(Collected)
        /// A handler has the exchange.
        case handling(HTTPExchange)
        /// A complete response waits for the kernel to take it; then keep alive or close.
        case flushing(close: Bool)
        /// A handler writes the body piece by piece.
        case streaming(HTTPExchange, Framing)
        /// Bytes come from a log; requests are over on this connection.
        case taken(HTTPExchange)
        /// Answered and shut for output; what still comes in is dropped so that the answer is not lost to a reset.
        case lingering
        case closed
    }

    enum Framing { case chunked, plain(close: Bool), none(close: Bool) }

    struct Collected {
        let head: HTTPRequestHead
        let path: RequestPath
        let route: Route
        let parameters: [QueryPair]
        var body = ByteBuffer()
    }

    let service: HTTPService
    let loop: any EventLoop
    let isTLS: Bool
    let peer: NetAddress
    let player: PlayerChannelHandler
    let lease: ConnectionLease

    var context: ChannelHandlerContext?
    var phase = Phase.idle
    var waiting: [HTTPServerRequestPart] = []
    var waitingHeads = 0
    var waitingBytes = 0
    var isWebSocket = false
    var isDraining = false
    var wantsRead = false
    var isInputClosed = false
    /// No request after those that wait: a pipelining peer went over its limit or sent rubbish behind a good request.
    var isInputBroken = false
    /// False until the first response of the connection.
    var hasAnswered = false
    /// Of the request under way.
    var keepsAlive = true
    var isHEAD = false
    /// Set when a request is refused at its head, until its end has come.
    var skipsToEnd = false
    var sweepSlot = -1
    var sweep: ConnectionSweep?
    var lingered = 0
    var bodyBudget = 0
    var bufferedAtDeadline = Int64.max

    init(service: HTTPService, _ accepted: AcceptedChannel) {
        self.service = service
        loop = accepted.channel.eventLoop
        isTLS = accepted.isTLS
        peer = accepted.peer
        player = accepted.player
        lease = accepted.lease
    }

    /// Runs on the loop, at once when already there.
    func run(_ body: @escaping @Sendable (HTTPConnection) -> Void) {
        if loop.inEventLoop {
            body(self)
        } else {
            loop.execute { body(self) }
        }
    }

    // MARK: life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        service.counters.connectionOpened()
        let sweep = service.sweep(for: loop)
        self.sweep = sweep
        sweep.add(self, deadline: .now() + service.limits.headTime)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        leave()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        leave()
        context.fireChannelInactive()
    }

    private func leave() {
        guard sweep != nil else { return }
        sweep?.remove(self)
        sweep = nil
        service.counters.connectionClosed()
        giveBackBodyBudget()
        let left = phase
        phase = .closed
        waiting = []
        switch left {
        case .handling(let exchange), .streaming(let exchange, _), .taken(let exchange): exchange.close()
        default: break
        }
    }

    func setDeadline(in time: TimeAmount) {
        setDeadline(.now() + time)
    }

    func setDeadline(_ deadline: NIODeadline) {
        sweep?.set(self, deadline: deadline)
    }

    // MARK: input

    /// Whether bytes are worth decoding; marks the start of a request.
    func takes(byteCount: Int) -> Bool {
        switch phase {
        case .idle:
            // The first head's clock runs since the accept, and keeps running.
            if hasAnswered { setDeadline(in: service.limits.headTime) }
            phase = .head
        case .lingering:
            lingered += byteCount
            if lingered > 8 * 1024 * 1024 { context?.close(promise: nil) }
            return false
        case .closed: return false
        case .taken: return isWebSocket  // a player over plain HTTP has nothing more to say
        default: break
        }
        return true
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // Bytes instead of parts may come once the decoder is gone.
        switch phase {
        case .lingering, .closed, .taken: return
        default: break
        }
        let part = unwrapInboundIn(data)
        switch phase {
        case .lingering, .closed, .taken: return
        case .idle, .head, .body: break
        case .handling, .flushing, .streaming:
            if waiting.isEmpty, isRestOfRefused(part) { return }
            return hold(part)
        }
        guard !isDraining, waiting.isEmpty else { return hold(part) }
        if isRestOfRefused(part) { return }
        isDraining = true
        process(part)
        isDraining = false
        drain()
    }

    /// Swallows what is left of a request that was refused at its head.
    private func isRestOfRefused(_ part: HTTPServerRequestPart) -> Bool {
        guard skipsToEnd else { return false }
        if case .end = part { skipsToEnd = false }
        return true
    }

    private func hold(_ part: HTTPServerRequestPart) {
        guard !isInputBroken else { return }
        if case .head = part {
            waitingHeads += 1
            if waitingHeads > service.limits.pipelinedRequests {
                isInputBroken = true
                return
            }
        }
        if case .body(let bytes) = part { waitingBytes += bytes.readableBytes }
        guard waitingBytes <= service.limits.bodyBytes else {
            isInputBroken = true
            return
        }
        waiting.append(part)
    }

    /// Works off what waits until a request is being answered; asks for more bytes when nothing waits.
    func drain() {
        guard !isDraining else { return }
        isDraining = true
        var next = 0
        loop: while next < waiting.count {
            switch phase {
            case .idle, .head, .body: break
            default: break loop
            }
            let part = waiting[next]
            next += 1
            if case .head = part { waitingHeads -= 1 }
            if case .body(let bytes) = part { waitingBytes -= bytes.readableBytes }
            if !isRestOfRefused(part) { process(part) }
        }
        waiting.removeSubrange(..<min(next, waiting.count))
        isDraining = false
        switch phase {
        case .idle, .head, .body:
            if isInputClosed || isInputBroken { finishOutput() } else { readIfWanted() }
        case .lingering, .taken: readIfWanted()
        default: break
        }
    }

    func read(context: ChannelHandlerContext) {
        switch phase {
        case .idle, .head, .body, .lingering, .taken, .closed: context.read()
        case .handling, .flushing, .streaming: wantsRead = true
        }
    }

    func readIfWanted() {
        guard wantsRead else { return }
        wantsRead = false
        context?.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed {
            isInputClosed = true
            switch phase {
            case .handling(let exchange) where exchange.isOpen: break  // half-closed: the answer is still wanted
            case .flushing: break
            default: context.close(promise: nil)
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError || error is ByteToMessageDecoderError else {
            context.close(promise: nil)
            return
        }
        switch phase {
        case .idle, .head, .body:
            let isTooLarge = error as? HTTPParserError == .headerOverflow
            if isTooLarge {
                refuse(status: 431, "request head is too large", close: true)
            } else {
                refuse(status: 400, "request is malformed", close: true)
            }
        case .handling, .flushing, .streaming: isInputBroken = true
        case .taken, .lingering, .closed: break
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, case .streaming(let exchange, _) = phase {
            exchange.state.withLock { $0.onWritable }?()
        }
        context.fireChannelWritabilityChanged()
    }
}
