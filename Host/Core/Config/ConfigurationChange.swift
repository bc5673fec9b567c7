import SluiceJSON

/// What differs between the configuration in force and one that was read again: what holds from now on, and what waits for a restart.
public struct ConfigurationChange: Sendable, Equatable {
    /// Names of apps, sorted; an app whose plugins' settings differ counts as changed.
    public var added: [String] = []
    public var removed: [String] = []
    public var changed: [String] = []
    /// By plugin id: names of the apps, sorted, whose settings for it are other ones, apps that came or went with such settings included.
    public var plugins: [String: [String]] = [:]
    /// Settings of the host that hold from now on, as TOML names them.
    public var applied: [String] = []
    /// Settings that are as before until the next start.
    public var needsRestart: [String] = []

    /// No difference.
    public init() {}

    /// Nothing differs.
    public var isEmpty: Bool { self == ConfigurationChange() }
}

extension ServerConfiguration {
    /// Settings that are read at the start only; limits say it themselves.
    private static let atStart: Set<String> = [
        "host.plugins", "host.threads", "auth.cache_entries", "tls.certificate", "tls.key",
    ]

    /// What is in force once `next` was read: `next`, but for what needs a restart, which stays as it is here.
    public func taking(_ next: ServerConfiguration) -> (inForce: ServerConfiguration, change: ConfigurationChange) {
        var change = ConfigurationChange()
        compareApps(next, &change)
        compareSettings(next, &change)
        var inForce = next
        inForce.pluginsFolder = pluginsFolder
        inForce.threads = threads
        inForce.authCacheEntries = authCacheEntries
        inForce.tls = tls
        inForce.listen = listen
        for limit in LimitDefinition.all where limit.needsRestart {
            inForce.limits[keyPath: limit.field] = limits[keyPath: limit.field]
        }
        return (inForce, change)
    }

    private func compareApps(_ next: ServerConfiguration, _ change: inout ConfigurationChange) {
        for name in Set(apps.map(\.name)).union(next.apps.map(\.name)).sorted() {
            let (settings, nextSettings) = (pluginSettings(of: name), next.pluginSettings(of: name))
            switch (app(name), next.app(name)) {
            case (nil, _): change.added.append(name)
            case (_, nil): change.removed.append(name)
            case (let before, let after):
                if before != after || settings != nextSettings { change.changed.append(name) }
            }
            for id in Set(settings.keys).union(nextSettings.keys) where settings[id] != nextSettings[id] {
                change.plugins[id, default: []].append(name)
            }
        }
    }

    private func pluginSettings(of name: String) -> [String: JSONValue] {
        guard let app = app(name) else { return [:] }
        let table = document.root["app"]?[name]
        return Dictionary(pluginTables(of: app).map { ($0, table?[$0] ?? .null) }, uniquingKeysWith: { first, _ in first })
    }

    private func compareSettings(_ next: ServerConfiguration, _ change: inout ConfigurationChange) {
        let (before, after) = (hostSettings, next.hostSettings)
        let waiting = Set(LimitDefinition.all.filter(\.needsRestart).map { "limits.\($0.key)" }).union(Self.atStart)
        for path in Set(before.keys).union(after.keys).sorted() where before[path] != after[path] {
            if waiting.contains(path) { change.needsRestart.append(path) } else { change.applied.append(path) }
        }
        for name in Set(listen.keys).union(next.listen.keys).sorted() where listen[name] != next.listen[name] {
            change.needsRestart.append((["listen", name] as ConfigurationPath).description)
        }
    }

    /// Everything but the apps and the listeners.
    private var hostSettings: [String: String] {
        let settings = report.filter { $0.path.parts.first != .key("app") }
        return Dictionary(settings.map { ($0.path.description, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
