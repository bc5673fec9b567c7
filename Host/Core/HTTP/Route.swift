import HostPaths
import NIOHTTP1

/// What answers requests: called on the connection's event loop, must not block, keeps the exchange as long as it needs.
public typealias HTTPHandler = @Sendable (HTTPExchange) -> Void

/// One entry of a `RouteTable`: who answers which methods on which pattern.
public struct Route: Sendable {
    /// The owner, a plugin's id or the host's own; patterns of two owners may not overlap.
    public let owner: String
    public let pattern: PathPattern
    /// The methods answered; GET implies HEAD. OPTIONS is answered by the listener unless named here.
    public let methods: [HTTPMethod]
    /// True when an admin listener answers without a token (health and readiness).
    public let needsNoToken: Bool
    public let handler: HTTPHandler

    public init(
        owner: String, pattern: PathPattern, methods: [HTTPMethod] = [.GET], needsNoToken: Bool = false,
        handler: @escaping HTTPHandler
    ) {
        self.owner = owner
        self.pattern = pattern
        self.methods = methods
        self.needsNoToken = needsNoToken
        self.handler = handler
    }

    func answers(_ method: HTTPMethod) -> Bool {
        methods.contains(method) || (method == .HEAD && methods.contains(.GET))
    }
}
