/// One thing that the host wants of the process and waits for: create, configure, self-test, activate, deactivate.
final class Operation: Sendable {
    enum Outcome: Sendable {
        /// The plugin's own status and reason, and what else it answered.
        case answered(status: Int32, reason: String, rest: [UInt8])
        /// The process died, or did not answer in time.
        case lost(String)
    }

    let kind: MessageKind
    let fill: @Sendable (inout WireWriter) -> Void
    /// Monotonic nanoseconds.
    let deadline: UInt64
    private let outcome = Monitor<Outcome?>(nil)

    init(_ kind: MessageKind, deadline: UInt64, _ fill: @escaping @Sendable (inout WireWriter) -> Void) {
        self.kind = kind
        self.deadline = deadline
        self.fill = fill
    }

    func finish(_ result: Outcome) {
        outcome.withLock(wake: true) { if $0 == nil { $0 = result } }
    }

    /// Waits; the supervisor ends each operation at its deadline.
    func wait() -> Outcome {
        let last = deadline &+ 3_000_000_000
        return outcome.wait(until: { _ in last }) { $0 } ?? .lost("the supervisor does not answer")
    }
}
