// CallWatch: the watchdog. One thread per process looks at what each thread is inside of (CHostGuard), and tells the budget of a
// generation whose call does not return in time, while it hangs. It calls no plugin and waits for no loop.

import CHostGuard
import Glibc
import HostNet
import Synchronization

final class CallWatch: Sendable {
    static let shared = CallWatch()

    /// How often it looks: a call is noticed at most this much after its limit.
    private static let period: UInt64 = 50_000_000
    /// Kept from running for so long it takes that nobody was.
    private static let standstill: UInt64 = 1_000_000_000
    private static let serials = Atomic<UInt32>(1)
    private let budgets = Mutex<[UInt32: CallBudget]>([:])
    private let isRunning = Atomic<Bool>(false)
    /// When the watchdog itself was last kept from running for long: the process was stopped, or the machine was. Who was inside a call
    /// meanwhile is not to blame.
    private let stoodAt = Atomic<UInt64>(0)

    static func nextSerial() -> UInt32 { serials.wrappingAdd(1, ordering: .relaxed).oldValue }

    /// The calling thread, as listings name it.
    static func ownThread() -> String {
        var name = [CChar](repeating: 0, count: 16)
        hostguard_thread_name(&name)
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Watches the calls of a generation from now on.
    func add(_ budget: CallBudget) {
        budgets.withLock { $0[budget.serial] = budget }
        guard isRunning.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged else { return }
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, 256 << 10)
        var thread = pthread_t()
        let failure = pthread_create(
            &thread, &attributes,
            { _ in
                hostguard_name_thread("call watchdog")
                return CallWatch.shared.run()
            }, nil)
        pthread_attr_destroy(&attributes)
        if failure == 0 { pthread_detach(thread) } else { isRunning.store(false, ordering: .relaxed) }
    }

    /// A generation has ended.
    func remove(_ budget: CallBudget) { budgets.withLock { $0[budget.serial] = nil } }

    /// Whether the process stood still at some time since then.
    func stood(since: UInt64) -> Bool { stoodAt.load(ordering: .relaxed) > since }

    private func run() -> UnsafeMutableRawPointer? {
        var before = NetClock.now
        while true {
            usleep(UInt32(Self.period / 1000))
            let now = NetClock.now
            if now &- before > Self.standstill { stoodAt.store(now, ordering: .relaxed) }
            before = now
            for place in 0..<UInt32(HOSTGUARD_PLACES) { look(place, at: now) }
        }
    }

    private func look(_ place: UInt32, at now: UInt64) {
        var view = hostguard_view()
        guard hostguard_look(place, &view) != 0, view.call & 1 << 63 != 0, view.since < now, view.told != view.since else {
            return
        }
        let since = max(view.since, stoodAt.load(ordering: .relaxed))
        guard now &- min(since, now) > 1_000_000, let call = PluginCall(rawValue: UInt8(truncatingIfNeeded: view.call)) else {
            return
        }
        let serial = UInt32(truncatingIfNeeded: view.call >> UInt64(HOSTGUARD_SERIAL_SHIFT))
        guard let budget = budgets.withLock({ $0[serial] }), let limit = budget.limit(call), now &- since > limit else { return }
        guard hostguard_tell(place, view.since) != 0 else { return }
        let name = withUnsafeBytes(of: view.name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        budget.hangs(call, now &- view.since, at: now, thread: name)
    }
}
