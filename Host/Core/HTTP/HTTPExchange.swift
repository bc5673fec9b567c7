// HTTPExchange: one request and the right to answer it once.
//
// A handle for any thread: what it is told hops to its connection's event loop. It owns no socket and no buffer; it knows
// whether it was answered, parked, streamed, attached or left by its client, and refuses a second answer.

import HostPaths
import NIOCore
import NIOHTTP1
import Synchronization

/// One request and the right to answer it once; any thread.
public final class HTTPExchange: Sendable {
    enum Phase {
        case open
        case parked(ParkKey)
        case streaming
        case attached
        case answered
        case gone
    }

    struct State {
        var phase = Phase.open
        var request: HTTPRequest?
        var onClose: [@Sendable () -> Void] = []
        var onWritable: (@Sendable () -> Void)?

        init(request: HTTPRequest) { self.request = request }

        /// Over. Lets go of the callbacks, which may hold the exchange itself; the caller calls what is returned, unlocked.
        mutating func end(_ last: Phase = .answered) -> [@Sendable () -> Void] {
            phase = last
            onWritable = nil
            defer { onClose = [] }
            return onClose
        }
    }

    private static let lastID = Atomic<UInt64>(0)

    /// Unique in the process, never 0.
    public let id: UInt64
    /// What was asked; an empty one once the client has become a player, whose request is let go of.
    public var request: HTTPRequest { state.withLock { $0.request } ?? .none }
    let connection: HTTPConnection
    /// The loop of its connection, where its callbacks run.
    public let loop: any EventLoop
    let state: Mutex<State>
    let pending = Atomic<Int>(0)

    init(request: HTTPRequest, connection: HTTPConnection) {
        id = HTTPExchange.lastID.wrappingAdd(1, ordering: .relaxed).newValue
        state = Mutex(State(request: request))
        self.connection = connection
        loop = connection.loop
    }

    /// Answers with a response that may be shared.
    /// - Returns: false when the exchange was answered before or its client has gone; nothing is sent then.
    @discardableResult
    public func respond(_ response: HTTPResponse) -> Bool {
        // Ended under the lock: a release that is under way then finds the phase changed and does nothing.
        let (calls, key) = state.withLock { state -> ([@Sendable () -> Void]?, ParkKey?) in
            switch state.phase {
            case .open: return (state.end(), nil)
            case .parked(let key): return (state.end(), key)
            case .streaming, .attached, .answered, .gone: return (nil, nil)
            }
        }
        guard let calls else { return false }
        if let key { _ = connection.service.parking.remove(self, key) }
        connection.run { $0.deliver(response, for: self) }
        for call in calls { call() }
        return true
    }

    /// Answers with a body in memory; see `respond(_:)`.
    @discardableResult
    public func respond(status: Int, headers: HTTPHeaders = [:], body: ByteBuffer = ByteBuffer()) -> Bool {
        respond(HTTPResponse(status: status, headers: headers, body: body))
    }

    /// Answers with a body in memory; see `respond(_:)`.
    @discardableResult
    public func respond(status: Int, headers: HTTPHeaders = [:], body: [UInt8]) -> Bool {
        respond(HTTPResponse(status: status, headers: headers, body: ByteBuffer(bytes: body)))
    }

    /// Answers an error in the listener's form: plain text on media, `{"error":…}` on admin; see `respond(_:)`.
    @discardableResult
    public func refuse(status: Int, _ reason: String, headers: HTTPHeaders = [:]) -> Bool {
        respond(connection.service.refusal(status: status, reason: reason, headers: headers))
    }

    /// Holds the request until `ParkingLot.release` of the key, at most until the deadline, when it is answered 503.
    /// A full lot answers 503 at once. Whoever parks must look once more, under its own lock, whether what is awaited
    /// has come meanwhile.
    /// - Returns: false when it was answered, parked or left by its client before, or the lot is full.
    @discardableResult
    public func park(_ key: ParkKey, until deadline: NIODeadline) -> Bool {
        let lot = connection.service.parking
        enum Outcome { case parked, full, refused }
        let outcome = state.withLock { state -> Outcome in
            guard case .open = state.phase else { return .refused }
            guard lot.insert(self, key) else { return .full }
            state.phase = .parked(key)
            return .parked
        }
        switch outcome {
        case .refused: return false
        case .full:
            refuse(status: 503, "too many requests are waiting", headers: ["Retry-After": "1"])
            return false
        case .parked:
            connection.run { $0.park(self, until: deadline) }
            return true
        }
    }

    /// Holds the request for at most that long; see `park(_:until:)`.
    @discardableResult
    public func park(_ key: ParkKey, for time: TimeAmount) -> Bool {
        park(key, until: .now() + time)
    }

    /// Calls `body` once when the exchange is over, in whatever way: answered, released, out of time, its stream ended, its
    /// player gone, or left by its client. At once when it is over already; on the connection's loop or the caller's thread.
    public func onClose(_ body: @escaping @Sendable () -> Void) {
        let isOver = state.withLock { state in
            switch state.phase {
            case .gone, .answered: return true
            case .open, .parked, .streaming, .attached:
                state.onClose.append(body)
                return false
            }
        }
        if isOver { body() }
    }

    /// Closes the connection at once.
    public func abort() {
        connection.run { $0.abort(self) }
    }
}

extension HTTPExchange {
    /// Called by the lot, which has taken the exchange out, on the loop.
    func answerParked(_ response: HTTPResponse) {
        let calls: [@Sendable () -> Void]? = state.withLock { state in
            guard case .parked = state.phase else { return nil }
            return state.end()
        }
        guard let calls else { return }
        connection.deliver(response, for: self)
        for call in calls { call() }
    }

    /// The deadline passed, on the loop. A parked exchange that a release has taken already is left to the release.
    func expire() {
        let (reason, calls) = state.withLock { state -> (String?, [@Sendable () -> Void]) in
            switch state.phase {
            case .open: return ("no answer in time", state.end())
            case .parked(let key):
                guard connection.service.parking.remove(self, key) else { return (nil, []) }
                return ("what was asked for did not come in time", state.end())
            case .streaming, .attached, .answered, .gone: return (nil, [])
            }
        }
        guard let reason else { return }
        let headers: HTTPHeaders = ["Retry-After": "1"]
        connection.deliver(connection.service.refusal(status: 503, reason: reason, headers: headers), for: self)
        for call in calls { call() }
    }

    /// The client has gone, or an attachment was answered without a player; on the loop.
    func close(as last: Phase = .gone) {
        let calls = state.withLock { state -> [@Sendable () -> Void] in
            switch state.phase {
            case .gone, .answered: return []
            case .parked(let key):
                _ = connection.service.parking.remove(self, key)
                return state.end(last)
            case .open, .streaming, .attached: return state.end(last)
            }
        }
        for call in calls { call() }
    }

    /// True while a half-closed connection may still be answered: the handler works, nothing is parked or streamed.
    var isOpen: Bool {
        state.withLock { if case .open = $0.phase { true } else { false } }
    }
}
