import CHostNet
import NIOCore
import NIOPosix

extension PlayerChannelHandler {
    /// Makes the channel a player of `log`; on the channel's loop.
    ///
    /// What NIO still holds goes first; then, in one send where possible: `head`, the log's prefix, and the log from its latest join
    /// point on (without one the player waits for the first, head sent). Received bytes go on to the pipeline. Writes of the pipeline
    /// become replies (see `sendControl`) if `acceptsControl`, and are refused otherwise.
    /// Throws `.closed`, `.attached`, `.logClosed` or `.notSendable`; then nothing has changed.
    public func attach(
        to log: BroadcastLog, head: [UInt8] = [], pace: BroadcastPace? = nil, acceptsControl: Bool = false
    ) throws(NetError) {
        guard let context, mayAttach else { throw .closed }
        context.eventLoop.assertInEventLoop()
        guard self.log == nil else { throw .attached }
        guard let target = log.current else { throw .logClosed }
        guard log.runtime.index(of: context.eventLoop) != nil else { throw .notSendable }
        if isTransformed {
            fd = -1
        } else {
            guard let handle = transport(context) else { throw .notSendable }
            fd = handle
            #if DEBUG
                inode = hostnet_inode(handle)
            #endif
        }
        self.log = target
        self.pace = pace ?? target.options.pace
        self.acceptsControl = acceptsControl
        outbox = Outbox()
        outbox.append(head)
        isJoining = true
        joinWhenDrained()
    }

    private func transport(_ context: ChannelHandlerContext) -> Int32? {
        let handle = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { $0 }
        return handle ?? nil
    }

    /// A direct send must not overtake what NIO holds: wait for an empty write to come through, and look again.
    func joinWhenDrained() {
        guard isJoining, let context, context.channel.isActive else { return }
        let pending = isTransformed ? 0 : (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
        if pending == 0 { return join() }
        let drained = context.eventLoop.makePromise(of: Void.self)
        drained.futureResult.assumeIsolated().whenSuccess { self.joinWhenDrained() }
        context.writeAndFlush(NIOAny(ByteBuffer()), promise: drained)
    }

    private func join() {
        guard let context, let log else { return }
        isJoining = false
        guard let target = log.current, let index = target.runtime.index(of: context.eventLoop) else {
            return close(reason: log.join.withLock { $0.reason })
        }
        self.log = target
        target.tables[index].add(self, fd: fd, pace: pace)
    }

    /// Sends bytes of the player's own at the next record boundary, after the ones before it; on the loop.
    ///
    /// Throws `.closed`, or `.controlQueueFull`, after which the channel closes.
    public func sendControl(_ bytes: UnsafeRawBufferPointer) throws(NetError) {
        guard let log else { throw .closed }
        guard outbox.append(reply: bytes, limit: log.options.controlLimit) else {
            let error = NetError.controlQueueFull
            noteReason(error.description)
            context?.eventLoop.assumeIsolated().execute { self.close(reason: error.description) }
            throw error
        }
        table?.flag(self, .outbox)
    }

    /// As above.
    public func sendControl(_ buffer: ByteBuffer) throws(NetError) {
        let result: Result<Void, NetError> = buffer.withUnsafeReadableBytes { bytes in
            do throws(NetError) { return .success(try sendControl(bytes)) } catch { return .failure(error) }
        }
        try result.get()
    }

    /// Takes the channel off its log at the next record boundary, its replies sent; on the loop.
    ///
    /// `completion` is called later, once: true when the channel is an ordinary one again, false when it closed first.
    public func detach(_ completion: @escaping (Bool) -> Void) {
        guard let context else { return completion(false) }
        guard log != nil else {
            let isActive = context.channel.isActive
            return context.eventLoop.assumeIsolated().execute { completion(isActive) }
        }
        if let earlier = detached {
            detached = { done in
                earlier(done)
                completion(done)
            }
            return
        }
        detached = completion
        table?.flag(self, .detaching)
    }

    // MARK: What the table found

    func handle(_ event: RowEvent) {
        switch event {
        case .cut(let reason):
            close(reason: reason)
        case .detached:
            guard let detached else { return }
            table?.remove(self)
            log = nil
            outbox = Outbox()
            self.detached = nil
            detached(true)
        case .moved(let successor, let waiting):
            table?.remove(self)
            outbox.append(successor.bridge)
            move(to: successor, waiting: waiting)
        }
    }

    private func move(to successor: JoinState.Successor, waiting: Bool) {
        guard let context, let index = successor.log.runtime.index(of: context.eventLoop) else { return }
        log = successor.log
        successor.log.tables[index].adopt(self, fd: fd, pace: pace, entry: successor.entry, waiting: waiting)
    }

    func writeThrough(_ buffer: ByteBuffer) {
        guard isAttached else { return }
        context?.writeAndFlush(NIOAny(buffer), promise: nil)
    }
}

extension BroadcastLog {
    /// This log, or the one that has replaced it; nil when that has ended for good.
    var current: BroadcastLog? {
        var log = self
        while true {
            switch LogState(rawValue: log.state.load(ordering: .acquiring)) {
            case .open, .held: return log
            case .replaced:
                guard let next = log.join.withLock({ $0.successor?.log }) else { return nil }
                log = next
            default: return nil
            }
        }
    }
}

/// Makes the handler by which a channel can be attached to logs: add it first in the pipeline, or just behind TLS with `isTransformed`.
public func makePlayerHandler(isTransformed: Bool) -> PlayerChannelHandler {
    PlayerChannelHandler(isTransformed: isTransformed)
}
