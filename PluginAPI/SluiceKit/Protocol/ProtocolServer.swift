/// Interface `sluice.protocol/1`: a server protocol without I/O. The host accepts and makes a session per connection.
public protocol ProtocolServer: Plugin {
    /// A connection came. A thrown error closes it with that reason.
    func openSession(_ connection: Connection) throws -> any ProtocolSession
}

/// What became of an attach.
public enum Attachment: UInt32, Sendable {
    /// The stream is not on air yet.
    case waiting = 1
    /// It plays.
    case attached
    /// It will not play (any more).
    case ended
    /// It left the log, as asked.
    case detached
}

/// One connection's protocol state. All calls come on the lane of the connection, one after the other.
public protocol ProtocolSession: AnyObject {
    /// Bytes as they came, borrowed. A thrown error closes the connection, after what was sent has left, with that reason.
    func receive(_ bytes: UnsafeRawBufferPointer, at now: UInt64) throws
    /// The time set with `Connection.setTimer` has come.
    func timer(at now: UInt64) throws
    /// The send queue has drained.
    func writable(at now: UInt64)
    /// What became of `Connection.attach`.
    func attachment(_ state: Attachment, reason: String)
    /// The publication was ended from outside: taken over, kicked, over a limit.
    func publicationEnded(_ stream: sluice_handle, reason: String)
    /// The operator ends the session: say goodbye and close.
    func stop(reason: String)
    /// The host takes nothing new and stops this session in `limit` nanoseconds at the latest; until then it goes on. Ask the peer to
    /// connect anew, if the protocol has words for it.
    func drain(reason: String, limit: UInt64)
    /// The connection is gone; the last call.
    func closed(reason: String)
}

extension ProtocolSession {
    public func timer(at now: UInt64) throws {}
    public func writable(at now: UInt64) {}
    public func attachment(_ state: Attachment, reason: String) {}
    public func publicationEnded(_ stream: sluice_handle, reason: String) {}
    public func drain(reason: String, limit: UInt64) {}
    public func closed(reason: String) {}
}
