import HostConfig
import SluiceJSON

/// What `sluice check` finds: settings, listeners, grants, errors. What libraries say is added by who has looked at them.
struct CheckReport {
    let configuration: ServerConfiguration
    let manifests: [PluginManifest]
    let listeners: [Listener]
    /// What has to be mended before the server is what the files say.
    var errors: [ConfigurationError]
    /// Settings of plugins, added by who has loaded them.
    var pluginSettings: [SettingReport] = []

    /// Reads everything.
    /// - Throws: `Failure` when the configuration itself cannot be read.
    init(_ place: ServerPlace) throws {
        configuration = try place.configuration()
        do throws(ConfigurationErrors) {
            let (good, bad) = try ConfigurationFiles.manifests(in: configuration.pluginsFolder)
            manifests = good
            let plan = Listener.plan(configuration, manifests: good, portBase: place.portBase)
            listeners = plan.listeners
            errors = bad.flatMap(\.errors) + configuration.errors(against: good) + plan.errors
        } catch {
            throw Failure(Exit.configuration, "plugins: \(error)")
        }
        for manifest in manifests where configuration.requireHash && manifest.sha256 == nil {
            errors.append(
                ConfigurationError(
                    file: manifest.file, position: nil, message: "no sha256, and [host] require_hash = true wants one"))
        }
    }

    /// Prints it; errors go to standard error.
    func print(json: Bool) {
        if json {
            Output.line(value.serialized(pretty: true))
        } else {
            settingsTable.print()
            Output.line("")
            listenersTable.print()
            Output.line("")
            pluginsTable.print()
        }
        for error in errors { Output.error(error.description) }
        if !json {
            Output.line(errors.isEmpty ? "\n\(configuration.file): good" : "\n\(configuration.file): \(errors.count) errors")
        }
    }

    private var settings: [SettingReport] { configuration.report + pluginSettings }

    private var settingsTable: Table {
        var table = Table("SETTING", "VALUE", "DEFAULT", "SET AT", "MEANING")
        table.rows = settings.map { setting in
            let standard = setting.defaultValue.map { Self.shown($0, setting.unit) } ?? ""
            return [
                setting.path.description, Self.shown(setting.value, setting.unit), standard, setting.origin ?? "",
                setting.summary,
            ]
        }
        return table
    }

    private var listenersTable: Table {
        var table = Table("LISTENER", "OWNER", "ADDRESS", "TLS", "STATE")
        table.rows = listeners.map { listener in
            let host = listener.address.contains(":") ? "[\(listener.address)]" : listener.address
            return [
                listener.name, listener.owner.description, "\(listener.transport) \(host):\(listener.port)",
                listener.tls ? "yes" : "no",
                listener.closedBecause.map { "closed: \($0)" } ?? "opens",
            ]
        }
        return table
    }

    private var pluginsTable: Table {
        var table = Table("PLUGIN", "ENABLED", "LIBRARY", "GRANTED", "EGRESS", "CONNECT")
        table.rows = manifests.map { manifest in
            [
                manifest.id, manifest.enabled ? "yes" : "no", manifest.library,
                manifest.permissions.services.joined(separator: " "),
                manifest.permissions.egress.joined(separator: " "),
                manifest.permissions.connect.map { String($0) }.joined(separator: " "),
            ]
        }
        return table
    }

    /// With its unit; whole KiB and MiB as such.
    static func shown(_ value: String, _ unit: String) -> String {
        guard unit == LimitDefinition.Unit.bytes.rawValue, let bytes = Int(value), bytes > 0 else {
            return unit == LimitDefinition.Unit.milliseconds.rawValue ? value + " ms" : value
        }
        if bytes % (1 << 20) == 0 { return "\(bytes >> 20) MiB" }
        return bytes % (1 << 10) == 0 ? "\(bytes >> 10) KiB" : "\(bytes) bytes"
    }

    /// The same as JSON.
    var value: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        return [
            "file": .string(configuration.file),
            "settings": .array(
                settings.map {
                    [
                        "path": .string($0.path.description), "value": .string($0.value), "unit": .string($0.unit),
                        "default": text($0.defaultValue), "set_at": text($0.origin), "meaning": .string($0.summary),
                    ]
                }),
            "listeners": .array(
                listeners.map {
                    [
                        "name": .string($0.name), "owner": .string($0.owner.description),
                        "transport": .string($0.transport.rawValue),
                        "address": .string($0.address), "port": JSONValue($0.port), "tls": .bool($0.tls),
                        "closed": text($0.closedBecause),
                    ]
                }),
            "plugins": .array(
                manifests.map {
                    [
                        "id": .string($0.id), "enabled": .bool($0.enabled), "library": .string($0.library),
                        "interfaces": JSONValue($0.interfaces), "services": JSONValue($0.permissions.services),
                        "egress": JSONValue($0.permissions.egress),
                        "connect": JSONValue($0.permissions.connect.map { JSONValue($0) }),
                    ]
                }),
            "errors": JSONValue(errors.map(\.description)),
        ]
    }
}
