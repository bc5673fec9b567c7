import NIOCore

/// A connection's timer as the loop calls it: no promise and no closure, since every player has one.
struct ConnectionTimer: NIOScheduledCallbackHandler, @unchecked Sendable {  // made and called on the connection's loop
    let connection: Connection

    func handleScheduledCallback(eventLoop: some EventLoop) { connection.timerFired() }
}
