/// The host's own series. Labels are bounded: actions and decisions, never names or addresses.
struct HostMetrics: Sendable {
    let droppedEvents: UInt64
    private let seconds: UInt64
    private let decisions: [String: UInt64]

    init(_ metrics: MetricsRegistry) {
        droppedEvents =
            metrics.define(.counter, fullName: "sluice_events_dropped_total", help: "Events that observers were too slow for.")
            ?? 0
        seconds =
            metrics.define(.histogram, fullName: "sluice_auth_decision_seconds", help: "Time of decisions that were not cached.")
            ?? 0
        var all: [String: UInt64] = [:]
        for action in ["connect", "publish", "play", "admin"] {
            for decision in ["allow", "deny", "later"] {
                for source in ["chain", "cache"] {
                    all["\(action)/\(decision)/\(source)"] = metrics.define(
                        .counter, fullName: "sluice_auth_decisions_total", help: "Decisions of authentication chains.",
                        labels: [("action", action), ("decision", decision), ("source", source)])
                }
            }
        }
        decisions = all
    }

    func decision(_ metrics: MetricsRegistry, _ action: String, _ decision: Verdict.Decision, cached: Bool, seconds taken: Double)
    {
        let name = decision == .allow ? "allow" : decision == .later ? "later" : "deny"
        if let series = decisions["\(action)/\(name)/\(cached ? "cache" : "chain")"] { metrics.record(series, 1) }
        if !cached { metrics.record(seconds, taken) }
    }
}
