import NIOCore

extension Connection {
    /// Ends the connection. The first call's reason counts; the delegate hears it once the end is complete.
    ///
    /// `afterFlush`: what was sent goes out first, then our side is shut, and the peer has a moment to close its own, so that the
    /// last reply is not lost to a reset; all within `OutboundLimits.closeMilliseconds`. An attached connection first leaves its log
    /// at a record boundary.
    public func close(afterFlush: Bool, reason: String) {
        guard !hasEnded else { return }
        player.noteReason(reason)
        guard afterFlush else {
            isClosing = true
            flush()
            channel.close(promise: nil)
            return
        }
        guard !isClosing else { return }
        flush()
        isClosing = true
        let limit = TimeAmount.milliseconds(Int64(limits.closeMilliseconds))
        eventLoop.assumeIsolated().scheduleTask(in: limit) { self.channel.close(promise: nil) }
        resumeReading()
        if player.isAttached {
            player.detach { ordinary in if ordinary { self.drainAndShut() } }
        } else {
            drainAndShut()
        }
    }

    private func drainAndShut() {
        let drained = eventLoop.makePromise(of: Void.self)
        drained.futureResult.assumeIsolated().whenSuccess { self.shut() }
        channel.writeAndFlush(ByteBuffer(), promise: drained)
    }

    private func shut() {
        guard !hasEnded else { return }
        if isTLS { return channel.close(promise: nil) }
        channel.close(mode: .output, promise: nil)
        let linger = TimeAmount.milliseconds(Int64(min(limits.closeMilliseconds, 1_000)))
        eventLoop.assumeIsolated().scheduleTask(in: linger) { self.channel.close(promise: nil) }
    }
}
