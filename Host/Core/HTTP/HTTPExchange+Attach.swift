import HostNet
import NIOCore
import NIOHTTP1

extension HTTPExchange {
    /// Answers 200 and makes the connection a player of a log: head, `prefix`, then the log's bytes as they are, ended by
    /// the close of the connection. To HEAD only the head is sent. Answers 503 when the log has ended.
    /// - Parameters:
    ///   - prefix: bytes before the log's own, for instance a file header.
    ///   - onClosed: called once on the loop with the reason, when the player has gone; not when this returns false.
    /// - Returns: false when the exchange was answered before or its client has gone.
    @discardableResult
    public func attach(
        to log: BroadcastLog, headers: HTTPHeaders, prefix: [UInt8] = [], pace: BroadcastPace? = nil,
        onClosed: (@Sendable (String) -> Void)? = nil
    ) -> Bool {
        guard takeForAttachment() else { return false }
        connection.run { $0.attach(self, to: log, headers: headers, prefix: prefix, pace: pace, onClosed: onClosed) }
        return true
    }

    /// Accepts a WebSocket (RFC 6455 §4.2) and makes the connection a player of a log whose records are whole frames.
    /// A bad handshake is answered 400 or 426, an ended log 503. Pings are answered, text and binary frames dropped.
    /// - Parameters:
    ///   - prefix: bytes before the log's own, already in frames (`WebSocketFraming.binary`).
    ///   - onClosed: called once on the loop with the reason, when the player has gone; not when this returns false.
    /// - Returns: false when the exchange was answered before or its client has gone.
    @discardableResult
    public func attachWebSocket(
        to log: BroadcastLog, prefix: [UInt8] = [], pace: BroadcastPace? = nil, onClosed: (@Sendable (String) -> Void)? = nil
    ) -> Bool {
        if let problem = WebSocketFraming.handshakeProblem(request) {
            return refuse(status: problem.status, problem.reason, headers: problem.headers)
        }
        guard takeForAttachment() else { return false }
        connection.run { $0.attachWebSocket(self, to: log, prefix: prefix, pace: pace, onClosed: onClosed) }
        return true
    }

    private func takeForAttachment() -> Bool {
        state.withLock { state in
            guard case .open = state.phase else { return false }
            state.phase = .attached
            return true
        }
    }
}
