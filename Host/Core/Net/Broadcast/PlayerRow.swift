/// One player of a table: a socket and an offset. Forty bytes that a flush reads in order.
struct PlayerRow {
    /// Next byte to send; while `waiting`, the offset below which the player must not begin again.
    var cursor: UInt64
    /// Since when the socket has taken nothing although there was something; 0 when it takes.
    var stalledSince: UInt64 = 0
    /// Not tried again before, while `behind`.
    var retryAt: UInt64 = 0
    /// The socket; -1 for a player whose pipeline transforms bytes.
    let fd: Int32
    var flags: Flags
    /// Jumps since the player last had everything.
    var jumps: UInt16 = 0
    /// The channel's handler; it removes the row before it goes, so no reference is counted.
    let owner: Unmanaged<PlayerChannelHandler>

    struct Flags: OptionSet {
        let rawValue: UInt8
        /// The socket did not take all at the last try.
        static let behind = Flags(rawValue: 1)
        /// The owner's outbox holds bytes for the next record boundary.
        static let outbox = Flags(rawValue: 2)
        /// Sent to through the channel's pipeline.
        static let transformed = Flags(rawValue: 4)
        /// Reads nothing of the log until the next join point, and holds nothing of it.
        static let waiting = Flags(rawValue: 8)
        /// Leaves at the next record boundary.
        static let detaching = Flags(rawValue: 16)
        /// The owner holds the rest of a record, to be sent before all else; the row is `waiting`, too.
        static let rest = Flags(rawValue: 32)
    }
}
