/// What a connection tells its owner; every call on the connection's loop.
public protocol ConnectionDelegate: AnyObject {
    /// Bytes from the peer, valid during the call; also while the connection is attached to a log. Not after `close`.
    func connection(_ connection: Connection, received bytes: UnsafeRawBufferPointer)
    /// The deadline of `setTimer` has passed; the timer is off again. `now` in monotonic nanoseconds.
    func connection(_ connection: Connection, timer now: UInt64)
    /// The outbound buffer has drained below its low watermark after having been above the high one.
    func connectionWritable(_ connection: Connection)
    /// The connection has ended; called once, the last call.
    func connection(_ connection: Connection, closed reason: String)
}
