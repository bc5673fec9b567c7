import Synchronization

/// At most so many calls at a time (SPEC §4: connections per host); who comes later waits its turn.
final class CallSlots: Sendable {
    private struct State {
        var free: Int
        var waiting: [CheckedContinuation<Void, Never>] = []
        /// How many of `waiting` were let in already.
        var served = 0
    }

    private let state: Mutex<State>

    init(_ count: Int) { state = Mutex(State(free: count)) }

    func enter() async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free > 0 else {
                    state.waiting.append(continuation)
                    return false
                }
                state.free -= 1
                return true
            }
            if isFree { continuation.resume() }
        }
    }

    func leave() {
        let next = state.withLock { state -> CheckedContinuation<Void, Never>? in
            guard state.served < state.waiting.count else {
                state.waiting.removeAll()
                state.served = 0
                state.free += 1
                return nil
            }
            defer {
                state.served += 1
                if state.served == 256 {
                    state.waiting.removeFirst(256)
                    state.served = 0
                }
            }
            return state.waiting[state.served]
        }
        next?.resume()
    }
}
