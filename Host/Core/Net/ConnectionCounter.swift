/// Counts connections against limits; share one between listeners to make the limits host-wide. Any thread.
public final class ConnectionCounter: Sendable {
    private struct Counts {
        var limits: ConnectionLimits
        var total = 0
        var unauthenticated: [String: Int] = [:]

        mutating func release(_ address: String) {
            let n = (unauthenticated[address] ?? 1) - 1
            unauthenticated[address] = n > 0 ? n : nil
        }
    }
    private let counts: Locked<Counts>

    /// A counter with nothing counted.
    public init(limits: ConnectionLimits = .init()) {
        counts = Locked(Counts(limits: limits))
    }

    /// The limits in force; a change holds for connections to come.
    public var limits: ConnectionLimits {
        get { counts.withLock { $0.limits } }
        set { counts.withLock { $0.limits = newValue } }
    }

    /// Connections open now.
    public var total: Int { counts.withLock { $0.total } }

    /// Connections of an address that have not authenticated yet.
    public func unauthenticated(from address: String) -> Int {
        counts.withLock { $0.unauthenticated[address] ?? 0 }
    }

    /// Counts a connection in, or returns why not.
    func admit(_ address: String) -> String? {
        counts.withLock { c in
            guard c.total < c.limits.total else { return "too many connections: \(c.limits.total)" }
            let n = c.unauthenticated[address] ?? 0
            guard n < c.limits.unauthenticatedPerAddress else {
                return "too many unauthenticated connections of one address: \(c.limits.unauthenticatedPerAddress)"
            }
            c.total += 1
            c.unauthenticated[address] = n + 1
            return nil
        }
    }

    func authenticated(_ address: String) {
        counts.withLock { $0.release(address) }
    }

    func left(_ address: String, authenticated: Bool) {
        counts.withLock { c in
            c.total -= 1
            if !authenticated { c.release(address) }
        }
    }
}
