// ControlQueue: the plugin's control thread in its own process. Runs what is posted, in order, and timers when they are due; never
// two things at once. Whoever calls `run` is that thread.

import Synchronization

final class ControlQueue: Sendable {
    static let postLimit = 10_000
    static let timerLimit = 1000

    private struct Timer: Sendable {
        var due: UInt64
        var period: UInt64
        var fired: @Sendable (UInt64) -> Void
    }

    private struct State: Sendable {
        var urgent: [@Sendable () -> Void] = []
        var work: [@Sendable () -> Void] = []
        var head = 0
        var timers: [UInt64: Timer] = [:]
        var nextTimer: UInt64 = 1

        var firstDue: (id: UInt64, due: UInt64)? {
            timers.min { $0.value.due < $1.value.due }.map { ($0.key, $0.value.due) }
        }

        mutating func takeWork() -> (@Sendable () -> Void)? {
            if !urgent.isEmpty { return urgent.removeFirst() }
            guard head < work.count else { return nil }
            defer {
                head += 1
                if head == work.count || head > 1024 {
                    work.removeSubrange(..<head)
                    head = 0
                }
            }
            return work[head]
        }

        mutating func takeTimer(at now: UInt64) -> (@Sendable () -> Void)? {
            guard let (id, due) = firstDue, due <= now, let timer = timers[id] else { return nil }
            if timer.period > 0 {
                timers[id]?.due = max(due &+ timer.period, now)
            } else {
                timers[id] = nil
            }
            return { timer.fired(now) }
        }
    }

    private let state = Monitor(State())

    /// Runs `work` behind all that is posted. `false`: too much waits.
    func post(limited: Bool = false, _ work: @escaping @Sendable () -> Void) -> Bool {
        state.withLock(wake: true) { state in
            if limited, state.work.count - state.head >= Self.postLimit { return false }
            state.work.append(work)
            return true
        }
    }

    /// Runs `work` before all that is posted.
    func postFirst(_ work: @escaping @Sendable () -> Void) { state.withLock(wake: true) { $0.urgent.append(work) } }

    /// nil: too many timers.
    func startTimer(delay: UInt64, period: UInt64, _ fired: @escaping @Sendable (UInt64) -> Void) -> UInt64? {
        let (due, overflow) = monotonicNanoseconds().addingReportingOverflow(delay)
        return state.withLock(wake: true) { state in
            guard state.timers.count < Self.timerLimit else { return nil }
            defer { state.nextTimer += 1 }
            state.timers[state.nextTimer] = Timer(due: overflow ? .max : due, period: period, fired: fired)
            return state.nextTimer
        }
    }

    func cancelTimer(_ id: UInt64) -> Bool { state.withLock { $0.timers.removeValue(forKey: id) != nil } }

    /// Runs for ever.
    func run() -> Never {
        while true {
            let next = state.wait(until: { $0.firstDue?.due }) { state in
                state.takeTimer(at: monotonicNanoseconds()) ?? state.takeWork()
            }
            next?()
        }
    }
}
