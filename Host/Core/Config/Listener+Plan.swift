extension Listener {
    /// All listeners of the host and of the enabled manifests, with the configuration's overrides.
    ///
    /// - Parameters:
    ///   - portBase: `--port-base`; puts every listener at N + offset, whatever else is configured.
    /// - Returns: the listeners, closed ones too, in the order host, then manifests; and all clashes and mistakes. A listener with
    ///   a mistake is still listed.
    public static func plan(
        _ configuration: ServerConfiguration, manifests: [PluginManifest], portBase: Int?
    ) -> (listeners: [Listener], errors: [ConfigurationError]) {
        var planned: [(listener: Listener, manifest: PluginManifest?, path: ConfigurationPath)] = ofHost.map { ($0, nil, []) }
        for manifest in manifests where manifest.enabled {
            for (index, listen) in manifest.listen.enumerated() {
                let listener = Listener(
                    name: listen.name, owner: .plugin(manifest.id), transport: listen.transport, address: anyAddress,
                    port: listen.port,
                    offset: listen.offset, tls: listen.tls)
                planned.append((listener, manifest, (["listen"] as ConfigurationPath).appending(index)))
            }
        }
        var errors = unknownOverrides(configuration, names: planned.map(\.listener.name))
        var done: [Listener] = []
        for (declared, manifest, path) in planned {
            var listener = declared
            listener.apply(configuration, portBase: portBase)
            let place = configuration.listen[listener.name] == nil ? manifest.map { ($0.document, path) } : nil
            let (document, where_) = place ?? (configuration.document, ["listen", listener.name])
            for message in listener.mistakes(beside: done, declared: declared, portBase: portBase) {
                errors.append(document.error(at: where_, message, value: false))
            }
            done.append(listener)
        }
        return (done, errors)
    }

    private mutating func apply(_ configuration: ServerConfiguration, portBase: Int?) {
        let override = configuration.listen[name]
        address = override?.address ?? address
        port = portBase.map { $0 + offset } ?? override?.port ?? port
        tls = override?.tls ?? tls
        if override?.enabled == false {
            closedBecause = "[listen.\(name)] enabled = false"
        } else if tls, configuration.tls == nil, override?.enabled != true {
            closedBecause = "no [tls] certificate"
        } else if tls, configuration.tls == nil {
            closedBecause = "no [tls] certificate, though [listen.\(name)] enabled = true"
        }
    }

    private func mistakes(beside others: [Listener], declared: Listener, portBase: Int?) -> [String] {
        var mistakes: [String] = []
        let who = "listener \"\(name)\" of \(owner)"
        for other in others {
            if other.name == name { mistakes.append("\(who): the name is taken by \(other.owner)") }
            if other.offset == offset, other.name != name {
                mistakes.append("\(who): offset \(offset) is taken by \"\(other.name)\" of \(other.owner)")
            }
            if portBase == nil, closedBecause == nil, other.closedBecause == nil, port != 0, other.port == port,
                other.transport == transport, other.overlaps(self)
            {
                mistakes.append("\(who): \(transport) port \(port) is taken by \"\(other.name)\" of \(other.owner)")
            }
        }
        if !(0...65_535).contains(port) { mistakes.append("\(who): port \(port) is out of range") }
        if let reason = closedBecause, reason.contains("though") { mistakes.append("\(who): \(reason)") }
        if transport == .udp, tls { mistakes.append("\(who): TLS only over tcp") }
        if name == "admin", owner == .host, !Self.isLoopback(address), !tls, closedBecause == nil {
            mistakes.append("\(who): an address other than loopback (\(address)) needs tls = true")
        }
        return mistakes
    }

    private func overlaps(_ other: Listener) -> Bool {
        let any = ["0.0.0.0", "::", ""]
        return address == other.address || any.contains(address) || any.contains(other.address)
    }

    static func isLoopback(_ address: String) -> Bool {
        address == "::1" || address == "localhost"
            || (address.hasPrefix("127.") && address.allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") })
    }

    private static func unknownOverrides(_ configuration: ServerConfiguration, names: [String]) -> [ConfigurationError] {
        configuration.listen.keys.sorted().filter { !names.contains($0) }.map { name in
            configuration.document.error(
                at: ["listen", name], "[\(["listen", name] as ConfigurationPath)]: no enabled plugin has a listener of that name",
                suggestion: Suggestion.nearest(to: name, among: names), value: false)
        }
    }
}

extension Listener.Owner: CustomStringConvertible {
    public var description: String {
        switch self {
        case .host: "the host"
        case .plugin(let id): "plugin \(id)"
        }
    }
}
