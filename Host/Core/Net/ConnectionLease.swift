/// One connection's place in a `ConnectionCounter`; given back exactly once. Confined to the connection's loop.
public final class ConnectionLease {
    private let counter: ConnectionCounter
    private let address: String
    /// Whether `markAuthenticated` was called.
    public private(set) var isAuthenticated = false
    private var isOpen = true

    init(counter: ConnectionCounter, address: String) {
        self.counter = counter
        self.address = address
    }

    /// Takes the connection out of its address's unauthenticated count; further calls do nothing.
    public func markAuthenticated() {
        guard isOpen, !isAuthenticated else { return }
        isAuthenticated = true
        counter.authenticated(address)
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        counter.left(address, authenticated: isAuthenticated)
    }
}
