extension RTMPSession {
    /// When `tick` is due, in monotonic nanoseconds; nil when nothing is. Ask again after every call.
    ///
    /// Changes nothing. It is `mutating` because a session that an object holds would be copied, member by member, to call a plain getter.
    public var nextDeadline: UInt64? {
        mutating get { deadline }
    }

    private var deadline: UInt64? {
        switch phase {
        case .closed, .connecting: return nil
        case .handshake: return started &+ limits.handshakeNanoseconds
        case .awaitingConnect: return idleSince &+ limits.idleNanoseconds
        case .connected: break
        }
        var deadline: UInt64?
        var isPlaying = false, isIdle = true
        // By index: this is asked after every delivery, and a publisher is much to copy.
        for index in streams.indices {
            if streams[index].role != .idle { isIdle = false }
            if streams[index].isPlaying { isPlaying = true }
        }
        for index in publishers.indices {
            let due = publishers[index].lastMedia &+ limits.publisherSilenceNanoseconds
            deadline = min(deadline ?? due, due)
        }
        if isPlaying {
            let due = pingedAt.map { $0 &+ limits.pongWithinNanoseconds } ?? lastReceived &+ limits.pingAfterNanoseconds
            deadline = min(deadline ?? due, due)
        }
        if deadline == nil, isIdle { deadline = idleSince &+ limits.idleNanoseconds }
        return deadline
    }

    /// Carries out whatever is due at `now`; harmless when nothing is.
    public mutating func tick(at now: UInt64) {
        guard let due = deadline, due <= now else { return }
        switch phase {
        case .handshake: return close(.handshakeTimeout)
        case .awaitingConnect: return close(.idleTimeout)
        default: break
        }
        guard !publishers.contains(where: { $0.lastMedia &+ limits.publisherSilenceNanoseconds <= now }) else {
            return close(.publisherSilent)
        }
        guard streams.contains(where: \.isPlaying) else {
            if !streams.contains(where: { $0.role != .idle }) { close(.idleTimeout) }
            return
        }
        if let pingedAt {
            if pingedAt &+ limits.pongWithinNanoseconds <= now { close(.pingTimeout) }
        } else if lastReceived &+ limits.pingAfterNanoseconds <= now {
            pingedAt = now
            send(RTMPControl.event(RTMPControl.Event.pingRequest, UInt32(truncatingIfNeeded: now / 1_000_000)))
        }
    }

    /// The transport is gone; ends every role with `closed`.
    public mutating func peerClosed() { close(.peerClosed) }

    /// The server ends the connection.
    public mutating func end(_ why: String) { close(.ended(why)) }
}
