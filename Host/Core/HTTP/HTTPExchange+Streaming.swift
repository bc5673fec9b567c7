import NIOCore
import NIOHTTP1

extension HTTPExchange {
    /// Starts a body that is written piece by piece. Without a length it is chunked for HTTP/1.1 and ended by the close
    /// of the connection for HTTP/1.0.
    /// - Returns: false when the exchange was answered before or its client has gone.
    @discardableResult
    public func begin(status: Int, headers: HTTPHeaders = [:], length: Int? = nil) -> Bool {
        let mine = state.withLock { state in
            guard case .open = state.phase else { return false }
            state.phase = .streaming
            return true
        }
        guard mine else { return false }
        connection.run { $0.begin(self, status: status, headers: headers, length: length) }
        return true
    }

    /// Writes a piece of the body. Beyond `HTTPLimits.pendingBytes` not taken by the peer the connection is closed.
    /// - Parameter completion: called on the loop with true when the kernel has taken the piece, false when it never will.
    /// - Returns: false when the exchange is not streaming (any more).
    @discardableResult
    public func write(_ bytes: ByteBuffer, completion: (@Sendable (Bool) -> Void)? = nil) -> Bool {
        guard isStreaming else { return false }
        pending.wrappingAdd(bytes.readableBytes, ordering: .relaxed)
        connection.run { $0.stream(bytes, for: self, completion) }
        return true
    }

    /// Ends the body.
    @discardableResult
    public func end() -> Bool {
        let calls: [@Sendable () -> Void]? = state.withLock { state in
            guard case .streaming = state.phase else { return nil }
            return state.end()
        }
        guard let calls else { return false }
        connection.run { $0.endStream(self) }
        for call in calls { call() }
        return true
    }

    /// Bytes written by `write` and not yet taken by the kernel; what a producer looks at to hold back or drop.
    public var pendingBytes: Int { pending.load(ordering: .relaxed) }

    /// Calls `body` on the loop each time the peer has taken enough that writing makes sense again.
    public func onWritable(_ body: @escaping @Sendable () -> Void) {
        state.withLock { state in
            if case .gone = state.phase { return }
            state.onWritable = body
        }
    }

    var isStreaming: Bool {
        state.withLock { if case .streaming = $0.phase { true } else { false } }
    }
}
