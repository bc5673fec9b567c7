/// One listener as it will be opened: what manifest, configuration and `--port-base` come to.
public struct Listener: Sendable, Equatable {
    public typealias Transport = PluginManifest.Listen.Transport

    /// Who takes the connections.
    public enum Owner: Sendable, Equatable {
        /// The host's media (`http`, `https`) and admin listeners.
        case host
        /// The plugin of that id.
        case plugin(String)
    }

    public var name: String
    public var owner: Owner
    public var transport: Transport
    /// A numeric address.
    public var address: String
    /// 0: the kernel chooses.
    public var port: Int
    /// What `--port-base` adds.
    public var offset: Int
    public var tls: Bool
    /// Why it stays closed; nil when it opens.
    public var closedBecause: String?

    /// The host's own listeners with their defaults.
    public static let ofHost: [Listener] = [
        Listener(name: "http", owner: .host, transport: .tcp, address: anyAddress, port: 8080, offset: 2, tls: false),
        Listener(name: "https", owner: .host, transport: .tcp, address: anyAddress, port: 8443, offset: 3, tls: true),
        Listener(name: "admin", owner: .host, transport: .tcp, address: "127.0.0.1", port: 9080, offset: 4, tls: false),
    ]

    /// Where plugins' listeners and the media listeners are bound unless `[listen.NAME]` says otherwise.
    public static let anyAddress = "0.0.0.0"
}
