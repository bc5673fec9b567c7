// Outbox: what the host has for a plugin's process. Any thread puts messages in; none ever waits: what the socket does not take is kept,
// up to a limit, and written by the supervisor when the process reads again.

import CHostIsolation
import Glibc
import Synchronization

final class Outbox: Sendable {
    static let limit = 4 << 20

    private struct State: Sendable {
        var socket: Int32 = -1
        var waiting: [UInt8] = []
        var start = 0
    }

    private let state = Mutex(State())
    private let wake: @Sendable () -> Void

    /// - Parameter wake: called when bytes have to wait: the supervisor is to look for room.
    init(wake: @escaping @Sendable () -> Void) { self.wake = wake }

    func attach(_ socket: Int32) {
        state.withLock { state in
            state = State()
            state.socket = socket
        }
    }

    func detach() { state.withLock { $0 = State() } }

    var hasWaiting: Bool { state.withLock { $0.start < $0.waiting.count } }

    /// [any] `false`: there is no process, too much waits already, or the message is too large.
    func send(_ message: [UInt8]?) -> Bool {
        guard let message else { return false }
        let (taken, waits) = state.withLock { state -> (Bool, Bool) in
            guard state.socket >= 0 else { return (false, false) }
            let backlog = state.waiting.count - state.start
            guard backlog == 0 else {
                guard backlog + message.count <= Self.limit else { return (false, false) }
                state.waiting.append(contentsOf: message)
                return (true, false)
            }
            let sent = message.withUnsafeBytes { max(Int(hostiso_send(state.socket, $0.baseAddress, $0.count, 0)), 0) }
            guard sent < message.count else { return (true, false) }
            state.waiting = Array(message[sent...])
            state.start = 0
            return (true, true)
        }
        if waits { wake() }
        return taken
    }

    /// [supervisor] Writes what the socket takes.
    func flush() {
        state.withLock { state in
            guard state.socket >= 0, state.start < state.waiting.count else { return }
            let sent = state.waiting.withUnsafeBytes { bytes in
                hostiso_send(state.socket, bytes.baseAddress?.advanced(by: state.start), bytes.count - state.start, 0)
            }
            guard sent > 0 else { return }
            state.start += Int(sent)
            if state.start == state.waiting.count {
                state.waiting = []
                state.start = 0
            } else if state.start > Self.limit / 2 {
                state.waiting.removeSubrange(..<state.start)
                state.start = 0
            }
        }
    }
}
