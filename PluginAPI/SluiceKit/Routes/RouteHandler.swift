/// Interface `sluice.routes/1`: HTTP by pattern.
public protocol RouteHandler: Plugin {
    /// What it answers; fixed when the plugin is loaded.
    static var routes: [Route] { get }

    /// Answers by `request.exchange`, now or later, once. A thrown error: the host answers 500 and logs the reason.
    func handle(_ request: Request, sink: (any Sink)?) throws
}

/// One route; see `sluice_route`.
public struct Route: Sendable {
    /// What the host does before the handler runs.
    public struct Flags: OptionSet, Sendable {
        /// `SLUICE_ROUTE_*`.
        public let rawValue: UInt32
        /// From `SLUICE_ROUTE_*`.
        public init(rawValue: UInt32) { self.rawValue = rawValue }
        /// The host asks the app's chain for `play` first.
        public static let authPlay = Flags(rawValue: SLUICE_ROUTE_AUTH_PLAY)
        /// The viewer token of an earlier answer will do.
        public static let authToken = Flags(rawValue: SLUICE_ROUTE_AUTH_TOKEN)
        /// The route also takes WebSocket upgrades.
        public static let webSocket = Flags(rawValue: SLUICE_ROUTE_WEBSOCKET)
        /// Runs on the stream's lane with this plugin's open sink; no sink: 404 by the host.
        public static let sink = Flags(rawValue: SLUICE_ROUTE_SINK)
        /// Only for apps whose outputs name the plugin.
        public static let output = Flags(rawValue: SLUICE_ROUTE_OUTPUT)
    }
    /// Where a route is.
    public enum Listener: UInt32, Sendable {
        /// The public listener; the pattern begins with `/{app}/{stream}`.
        case media = 1
        /// The admin listener, behind the bearer token.
        case admin
    }

    /// Where it is.
    public var listener: Listener
    /// `GET`, `GET POST`.
    public var methods: String
    /// `/{app}/{stream}.flv`; admin routes begin below `/api/v1/plugins/ID`.
    public var pattern: String
    /// What the host does before the handler runs.
    public var flags: Flags

    /// Listener, methods, pattern and flags.
    public init(_ listener: Listener, _ methods: String, _ pattern: String, _ flags: Flags = []) {
        self.listener = listener
        self.methods = methods
        self.pattern = pattern
        self.flags = flags
    }
}

/// A request; its strings are copies, its exchange answers later too.
public struct Request: Sendable {
    /// Index into the handler's routes.
    public let route: Int
    /// Answers it.
    public let exchange: Exchange
    /// `GET`, `POST` …; HEAD and OPTIONS are the host's.
    public let method: String
    /// Decoded, without a viewer token.
    public let path: String
    /// Decoded pairs, in order.
    public let query: [(key: String, value: String)]
    /// Of the pattern, decoded; app and stream are valid names.
    public let parameters: [(key: String, value: String)]
    /// Names in lower case; without authorization and cookie.
    public let headers: [(key: String, value: String)]
    /// The whole body.
    public let body: [UInt8]
    /// Whether it came through TLS.
    public let tls: Bool
    /// The client's address.
    public let peerAddress: String
    /// `~TOKEN/` to put before child addresses that play, or empty.
    public let childPrefix: String
    /// The client asks for a WebSocket upgrade.
    public let webSocket: Bool
    /// Monotonic nanoseconds.
    public let now: UInt64

    init(host: Host, _ raw: sluice_request) {
        route = Int(raw.route)
        exchange = Exchange(host: host, handle: raw.exchange)
        method = raw.method.string
        path = raw.path.string
        query = SluiceKit.pairs(raw.query_pairs, raw.query_count)
        parameters = SluiceKit.pairs(raw.parameters, raw.parameter_count)
        headers = SluiceKit.pairs(raw.headers, raw.header_count)
        body = [UInt8](raw.body.unsafeBytes)
        tls = raw.tls != 0
        peerAddress = raw.peer_address.string
        childPrefix = raw.child_prefix.string
        webSocket = raw.websocket != 0
        now = raw.now_ns
    }

    /// A parameter of the pattern; empty when there is none of that name.
    public func parameter(_ name: String) -> String { parameters.first { $0.key == name }?.value ?? "" }
}
