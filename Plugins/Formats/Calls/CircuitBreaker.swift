/// Spares a server that is away, and those who would wait for it: after some failures in a row nobody asks for a while; then one does,
/// and what it hears decides for all.
public struct CircuitBreaker: Equatable, Sendable {
    public enum State: Equatable, Sendable {
        case closed(failures: Int)
        case open(until: UInt64)
        /// One asks; until its answer is here, or until this time.
        case probing(until: UInt64)
    }

    public private(set) var state = State.closed(failures: 0)

    public init() {}

    /// Whether the server may be asked now (milliseconds that never go back). Who gets `true` reports back.
    public mutating func mayAsk(_ now: UInt64, patience: UInt64) -> Bool {
        switch state {
        case .closed: return true
        case .open(let until), .probing(let until):
            guard now >= until else { return false }
            state = .probing(until: now &+ patience)
            return true
        }
    }

    public mutating func succeeded() { state = .closed(failures: 0) }

    /// - Returns: whether the circuit opened with this failure.
    public mutating func failed(_ now: UInt64, limit: Int, pause: UInt64) -> Bool {
        switch state {
        case .closed(let failures):
            guard failures + 1 >= limit else {
                state = .closed(failures: failures + 1)
                return false
            }
            state = .open(until: now &+ pause)
            return true
        case .probing:
            state = .open(until: now &+ pause)
            return true
        case .open: return false
        }
    }
}
