/// Verdicts under their questions' identity, for their ttl; allowing ones a while longer for the `stale` failure policy. Bounded: the
/// oldest go first. Confined to the control thread.
struct VerdictCache {
    private struct Entry {
        var verdict: Verdict
        var freshUntil: UInt64
        var staleUntil: UInt64
    }

    private var entries: [AuthIdentity: Entry] = [:]
    private var order: [AuthIdentity] = []
    private let limit: Int

    init(limit: Int = 10_000) { self.limit = limit }

    /// A verdict that may still answer; `now` in monotonic nanoseconds.
    func fresh(_ identity: AuthIdentity, at now: UInt64) -> Verdict? {
        guard let entry = entries[identity], entry.freshUntil > now else { return nil }
        return entry.verdict
    }

    /// An allowing verdict that the `stale` policy may still use.
    func stale(_ identity: AuthIdentity, at now: UInt64) -> Verdict? {
        guard let entry = entries[identity], entry.staleUntil > now, entry.verdict.decision == .allow else { return nil }
        return entry.verdict
    }

    mutating func keep(_ verdict: Verdict, for identity: AuthIdentity, staleSeconds: UInt64, at now: UInt64) {
        guard verdict.isDefinitive, limit > 0 else { return }
        guard verdict.ttlMilliseconds > 0 || (staleSeconds > 0 && verdict.decision == .allow) else {
            // What was allowed before must not come back as a stale verdict.
            if entries[identity] != nil { entries[identity] = Entry(verdict: verdict, freshUntil: 0, staleUntil: 0) }
            return
        }
        let fresh = now &+ verdict.ttlMilliseconds &* 1_000_000
        if entries[identity] == nil { order.append(identity) }
        entries[identity] = Entry(
            verdict: verdict, freshUntil: verdict.ttlMilliseconds > 0 ? fresh : 0,
            staleUntil: staleSeconds > 0 ? fresh &+ staleSeconds &* 1_000_000_000 : 0)
        if order.count > limit {
            let gone = order.prefix(max(limit / 4, 1))
            for identity in gone { entries[identity] = nil }
            order.removeFirst(gone.count)
        }
    }

    mutating func forgetAll() {
        entries = [:]
        order = []
    }

    var count: Int { entries.count }
}
