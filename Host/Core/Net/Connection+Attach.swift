import NIOCore

extension Connection {
    /// Makes the connection a player of `log`; see `PlayerChannelHandler.attach`. `send` then feeds its bounded reply queue.
    public func attach(to log: BroadcastLog, head: [UInt8] = [], pace: BroadcastPace? = nil) throws(NetError) {
        guard isOpen else { throw .closed }
        flush()
        try player.attach(to: log, head: head, pace: pace, acceptsControl: true)
    }

    /// Takes the connection off its log at a record boundary; see `PlayerChannelHandler.detach`.
    public func detach(_ completion: @escaping (Bool) -> Void) { player.detach(completion) }
}
