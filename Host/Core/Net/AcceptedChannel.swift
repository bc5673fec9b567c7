import NIOCore

/// What a listener hands over, on the channel's loop: a channel whose pipeline holds TLS (if any) and the player handler, nothing else.
public struct AcceptedChannel {
    /// The accepted channel, not yet reading.
    public let channel: any Channel
    /// By which the channel can be attached to logs.
    public let player: PlayerChannelHandler
    /// The channel's place under the limits; given back by the listener.
    public let lease: ConnectionLease
    public let peer: NetAddress
    public let local: NetAddress
    public let isTLS: Bool
}
