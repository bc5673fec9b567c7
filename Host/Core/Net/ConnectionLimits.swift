/// How many connections a listener, or several that share a `ConnectionCounter`, take.
public struct ConnectionLimits: Sendable, Equatable {
    /// Connections in all, authenticated or not.
    public var total: Int
    /// Connections of one source address that have not authenticated yet.
    public var unauthenticatedPerAddress: Int

    /// Takes 65,536 connections, 256 unauthenticated ones per address.
    public init(total: Int = 65_536, unauthenticatedPerAddress: Int = 256) {
        self.total = total
        self.unauthenticatedPerAddress = unauthenticatedPerAddress
    }
}
