import CSluice
import Glibc
import HostConfig
import HostHTTP
import HostNet
import NIOCore
import Synchronization

/// A port that is open.
enum OpenListener: Sendable {
    case raw(Listener, TCPListener)
    case http(Listener, HTTPListener)

    func stop() {
        switch self {
        case .raw(_, let listener): listener.stop()
        case .http(_, let listener): listener.stop()
        }
    }

    var plan: Listener {
        switch self {
        case .raw(let plan, _), .http(let plan, _): plan
        }
    }

    var port: Int {
        switch self {
        case .raw(_, let listener): listener.port
        case .http(_, let listener): listener.port
        }
    }
}

/// A text for the operator: why the server does not start.
public struct StartFailure: Error, CustomStringConvertible {
    public let description: String
    public init(_ text: String) { description = text }
}

func usleepMilliseconds(_ milliseconds: UInt32) { usleep(milliseconds * 1000) }

extension Server {
    /// Opens every planned listener, the plugins' first: when the media port answers, all do.
    func openListeners(manifests: [PluginManifest]) throws {
        // Planned with all manifests: what is configured for the listener of a plugin that failed is no mistake.
        let records = registry.records
        let (all, errors) = Listener.plan(configuration, manifests: records.compactMap(\.manifest), portBase: options.portBase)
        for error in errors {
            // A bad plugin never stops the host.
            guard records.contains(where: { $0.state == .rejected || $0.state == .failed }) else {
                throw StartFailure(String(describing: error))
            }
            log.error("listener not as configured", ["reason": String(describing: error)])
        }
        let plan = all.filter { listener in
            guard case .plugin(let id) = listener.owner else { return true }
            return manifests.contains { $0.id == id }
        }
        let inOrder = plan.filter { $0.owner != .host } + plan.filter { $0.owner == .host }
        for listener in inOrder {
            if let reason = listener.closedBecause {
                log.info("listener closed", ["listener": listener.name, "reason": reason])
                continue
            }
            guard listener.transport == .tcp else {
                log.error("listener not opened", ["listener": listener.name, "reason": "UDP listeners are not in this version"])
                continue
            }
            guard let opened = try open(listener) else { continue }
            listeners.withLock { $0.append(opened) }
            log.info(
                "listening",
                ["listener": listener.name, "address": "\(listener.address):\(opened.port)", "tls": listener.tls ? "yes" : "no"])
        }
        for socket in options.sockets.unused(all.map { ($0.name, $0.port) }) {
            log.warning("a passed socket is no listener's", ["name": socket.name, "port": "\(socket.port)"])
        }
    }

    /// [worker] Opens the listeners of a plugin that came to be active after the start. Blocks.
    func openListeners(of id: String) {
        let manifests = registry.records.compactMap(\.manifest)
        let (all, _) = Listener.plan(configuration, manifests: manifests, portBase: options.portBase)
        let known = listeners.withLock { Set($0.map(\.plan.name)) }
        for listener in all where listener.owner == .plugin(id) && !known.contains(listener.name) {
            guard listener.closedBecause == nil, listener.transport == .tcp else { continue }
            do {
                guard let opened = try open(listener) else { continue }
                listeners.withLock { $0.append(opened) }
                log.info("listening", ["listener": listener.name, "address": "\(listener.address):\(opened.port)"])
            } catch {
                log.error("listener not opened", ["listener": listener.name, "plugin": id, "reason": String(describing: error)])
            }
        }
    }

    /// [worker] Closes the listeners of a plugin that is not to be any more; its connections live on. Blocks.
    func closeListeners(of id: String) {
        let closing = listeners.withLock { listeners in
            let closing = listeners.filter { $0.plan.owner == .plugin(id) }
            listeners.removeAll { $0.plan.owner == .plugin(id) }
            return closing
        }
        for listener in closing { listener.stop() }
    }

    private func open(_ listener: Listener) throws -> OpenListener? {
        var settings = ListenerSettings(
            address: listener.address, port: listener.port, tls: listener.tls ? tls : nil, counter: counter,
            refused: { [log] peer, reason in log.notice("connection refused", ["peer": peer.host, "reason": reason]) })
        settings.descriptor = options.sockets.copy(name: listener.name, port: listener.port)
        settings.outbound.sendBuffer = configuration.limits.sendBufferBytes
        switch listener.owner {
        case .host:
            if listener.name == "admin" {
                if let refusal = AdminGate.bindRefusal(address: listener.address, hasToken: true, hasTLS: listener.tls) {
                    throw StartFailure(refusal)
                }
                return .http(listener, try HTTPListener.listen(on: runtime, settings, service: admin))
            }
            return .http(listener, try HTTPListener.listen(on: runtime, settings, service: media))
        case .plugin(let id):
            guard registry.active(id)?.protocolTable != nil else {
                log.error(
                    "listener not opened", ["listener": listener.name, "plugin": id, "reason": "it offers no sluice.protocol/1"])
                return nil
            }
            let name = listener.name
            let opened = try TCPListener.listen(on: runtime, settings) { [weak self] connection in
                // The generation of this moment: the listener outlives it.
                guard let self, let generation = self.registry.active(id), let table = generation.protocolTable else {
                    return connection.close(afterFlush: false, reason: "the plugin \(id) is not active")
                }
                let session = Session(
                    generation: generation, table: table, connection: connection, lane: self.lane(of: connection.eventLoop),
                    listener: name)
                connection.delegate = session
                session.open()
                self.sessionOpened(session)
            }
            return .raw(listener, opened)
        }
    }

    /// The port that a listener of that name got, or nil.
    public func port(_ name: String) -> Int? {
        listeners.withLock { $0.first { $0.plan.name == name }?.port }
    }

    /// Reads certificate and key again, on SIGHUP.
    public func reloadCertificates() {
        guard let tls else { return }
        do {
            try tls.reload()
            log.notice("certificate read again")
        } catch {
            log.error("certificate not read, the old one stays", ["reason": error.description])
        }
    }
}

extension Server {
    /// Name and port of every open listener.
    public var openPorts: [(String, Int)] { listeners.withLock { $0.map { ($0.plan.name, $0.port) } } }
}
