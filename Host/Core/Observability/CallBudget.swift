// CallBudget: how long calls into one generation of a plugin take, `[budgets]` of its manifest.
//
// Every call goes through `measure`: two reads of the clock, and the thread's place in CHostGuard is written before and after, so that the
// watchdog sees a call that does not return and a crash names who was called. Counts what is over, and tells.

import CHostGuard
import HostNet
import Synchronization

/// One call that took, or takes, too long.
struct CallOverrun: Sendable {
    enum Kind: Sendable {
        /// Over the soft budget.
        case soft
        /// Over the hard one, and still inside.
        case hangs
        /// Over the hard one, and back.
        case hard
        /// Told of as hanging before; back now.
        case returned
    }

    let kind: Kind
    let call: PluginCall
    let nanoseconds: UInt64
    let thread: String

    var milliseconds: UInt64 { nanoseconds / 1_000_000 }
}

final class CallBudget: Sendable {
    typealias Over = @Sendable (CallOverrun) -> Void

    private let softNanoseconds: UInt64
    private let hardNanoseconds: UInt64
    private let soft = Atomic<UInt64>(0)
    private let hard = Atomic<UInt64>(0)
    private let hanging = Atomic<Int>(0)
    private let lastTold = Atomic<UInt64>(0)
    private let lastHardAt = Atomic<UInt64>(0)
    private let busy = Atomic<UInt64>(0)
    private let closed = Atomic<Bool>(false)
    private let latest = Mutex<CallOverrun?>(nil)
    private let over: Over
    /// All of a call's word but the function.
    private let word: UInt64
    /// What the watchdog knows it by.
    let serial: UInt32

    /// At most one line about soft overruns in so many nanoseconds.
    private static let quiet: UInt64 = 10_000_000_000
    /// Calls that begin and end a generation's life may take this long.
    private static let lifeNanoseconds: UInt64 = 5_000_000_000

    /// - Parameters:
    ///   - id: the plugin's.
    ///   - isElsewhere: its code runs in a process of its own.
    ///   - over: called for each hard overrun, while it lasts and when it is over, and for soft ones now and then. Any thread.
    init(id: String, softMilliseconds: Int, hardMilliseconds: Int, isElsewhere: Bool = false, over: @escaping Over) {
        softNanoseconds = UInt64(max(softMilliseconds, 0)) &* 1_000_000
        hardNanoseconds = UInt64(max(hardMilliseconds, 0)) &* 1_000_000
        self.over = over
        _ = PluginCall.named
        serial = CallWatch.nextSerial()
        word =
            UInt64(serial) << UInt64(HOSTGUARD_SERIAL_SHIFT) | UInt64(hostguard_plugin(id)) << UInt64(HOSTGUARD_PLUGIN_SHIFT)
            | (isElsewhere ? 1 << 62 : 0)
    }

    /// Calls longer than the soft budget, the hard ones among them.
    var softOverruns: UInt64 { soft.load(ordering: .relaxed) }
    /// Calls longer than the hard budget, those that last among them.
    var hardOverruns: UInt64 { hard.load(ordering: .relaxed) }
    /// Calls that are over the hard budget at this moment.
    var hangingCalls: Int { hanging.load(ordering: .relaxed) }
    /// When the last hard overrun was noticed, monotonic; 0: never.
    var lastHard: UInt64 { lastHardAt.load(ordering: .relaxed) }
    /// The sum of all calls that have returned, workers' tasks aside.
    var busyNanoseconds: UInt64 { busy.load(ordering: .relaxed) }
    var lastOverrun: CallOverrun? { latest.withLock { $0 } }

    /// Nothing of it is called any more; see `PluginGeneration.call`.
    var isClosed: Bool { closed.load(ordering: .relaxed) }
    func close() { closed.store(true, ordering: .relaxed) }

    /// Runs a call into the plugin and looks how long it took.
    @inline(__always)
    func measure<R>(_ function: PluginCall, _ call: () -> R) -> R {
        let start = NetClock.now
        let before = hostguard_enter(word | UInt64(function.rawValue), start)
        let result = call()
        hostguard_leave(before)
        let taken = NetClock.now &- start
        if function.bound != .none { busy.wrappingAdd(taken, ordering: .relaxed) }
        if taken > softNanoseconds { note(function, taken, at: start &+ taken, isTold: hostguard_claim(start) == 0) }
        return result
    }

    /// What a call of it may take before it counts as hanging; nil: as long as it wants.
    func limit(_ function: PluginCall) -> UInt64? {
        switch function.bound {
        case .budgets: hardNanoseconds
        case .life: max(hardNanoseconds, Self.lifeNanoseconds)
        case .none: nil
        }
    }

    /// A call over the soft budget has returned. `isTold`: `hangs` was called for it.
    func note(_ function: PluginCall, _ taken: UInt64, at now: UInt64, isTold: Bool = false) {
        if isTold { hanging.wrappingSubtract(1, ordering: .relaxed) }
        guard let limit = limit(function) else { return }
        if taken > limit || isTold {
            soft.wrappingAdd(1, ordering: .relaxed)
            if isTold { return tell(.returned, function, taken) }
            guard !CallWatch.shared.stood(since: now &- taken) else { return }
            hard.wrappingAdd(1, ordering: .relaxed)
            lastHardAt.store(now, ordering: .relaxed)
            return tell(.hard, function, taken)
        }
        guard function.bound == .budgets else { return }
        soft.wrappingAdd(1, ordering: .relaxed)
        let last = lastTold.load(ordering: .relaxed)
        guard last == 0 || now &- min(last, now) >= Self.quiet else { return }
        guard lastTold.compareExchange(expected: last, desired: now, ordering: .relaxed).exchanged else { return }
        tell(.soft, function, taken)
    }

    /// [watchdog] A call is over its limit and has not returned.
    func hangs(_ function: PluginCall, _ taken: UInt64, at now: UInt64, thread: String) {
        hard.wrappingAdd(1, ordering: .relaxed)
        hanging.wrappingAdd(1, ordering: .relaxed)
        lastHardAt.store(now, ordering: .relaxed)
        tell(CallOverrun(kind: .hangs, call: function, nanoseconds: taken, thread: thread))
    }

    private func tell(_ kind: CallOverrun.Kind, _ function: PluginCall, _ taken: UInt64) {
        tell(CallOverrun(kind: kind, call: function, nanoseconds: taken, thread: CallWatch.ownThread()))
    }

    private func tell(_ overrun: CallOverrun) {
        latest.withLock { latest in
            // A soft one does not hide the hard one before it.
            if overrun.kind != .soft || latest.map({ $0.kind == .soft }) ?? true { latest = overrun }
        }
        over(overrun)
    }
}
