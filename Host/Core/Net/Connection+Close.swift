import NIOCore

extension Connection {
    /// Ends the connection. The first call's reason counts; the delegate hears it once the end is complete.
    ///
    /// `afterFlush`: what was sent goes out first, then our side is shut, and the peer has a moment to close its own, so that the
    /// last reply is not lost to a reset; within `OutboundLimits.closeMilliseconds` and a second. An attached connection leaves its log
    /// at a record boundary first.
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
        endWithin(milliseconds: limits.closeMilliseconds)
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
        endWithin(milliseconds: min(limits.closeMilliseconds, 1_000))
    }

    private func endWithin(milliseconds: Int) {
        closeTimer?.cancel()
        closeTimer = eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(Int64(milliseconds))) {
            self.channel.close(promise: nil)
        }
    }
}
