import Glibc
import HostConfig
import HostPaths
import SluiceJSON

// What a schema cannot say of a configuration: the plugin's own objections, and whether what it names is there.
extension PluginCheck {
    /// Hands `[config]` to an instance in a process of its own, which ends then. Its data folder is an empty one.
    mutating func askThePlugin(_ manifest: PluginManifest, _ schema: ConfigurationSchema, dataFolder: String) {
        guard let probe = PluginProbe() else { return }
        do throws(PluginProbe.Refusal) {
            _ = try probe.child(["--configure", manifest.file, dataFolder])
        } catch {
            guard case .refused(let text) = error else { return errors.append(at(manifest, [], error.description)) }
            // By custom an objection begins with the key that it is about.
            let key = String(text.prefix { $0 != ":" })
            errors.append(
                schema.hasProperty(key) ? at(manifest, [key], "config." + text) : at(manifest, [], "[config]: " + text))
        }
    }

    /// Files that are to be there, and origins that are to be allowed.
    mutating func checkValues(_ manifest: PluginManifest, _ schema: ConfigurationSchema, home: String?) {
        for value in schema.formatted(manifest.config) {
            let problem: String? =
                switch value.format {
                case .egress: Self.egress(value.text, manifest)
                case .pluginFile: home.flatMap { Self.file(value.text, manifest, home: $0) }
                }
            if let problem { errors.append(at(manifest, [value.key], "config.\(value.key): \(problem)")) }
        }
    }

    private static func egress(_ address: String, _ manifest: PluginManifest) -> String? {
        guard let origin = Origin(address: address) else { return "not an address like \"https://www.example.com\"" }
        guard manifest.permissions.services.contains("fetch") else {
            return "it is fetched, but \"fetch\" is not in [permissions] services"
        }
        let allowed = manifest.permissions.egress.compactMap { Origin(address: $0) }
        guard !allowed.contains(where: { $0.covers(origin) }) else { return nil }
        let isUsual = origin.port == (origin.scheme == "https" ? 443 : 80)
        let text = isUsual ? "\(origin.scheme)://\(origin.host)" : origin.description
        return "its origin is not allowed: add \"\(text)\" to egress in [permissions]"
    }

    private static func file(_ name: String, _ manifest: PluginManifest, home: String) -> String? {
        let path = name.hasPrefix("/") ? name : Files.join(Files.join(Files.join(home, "plugins"), manifest.id), name)
        var info = stat()
        guard stat(path, &info) == 0 else { return "\(path): \(String(cString: strerror(errno)))" }
        guard info.st_mode & S_IFMT == S_IFREG else { return "\(path) is not a file" }
        guard access(path, R_OK) == 0 else { return "\(path) cannot be read by this user" }
        return info.st_size > 0 ? nil : "\(path) is empty"
    }

    private func at(_ manifest: PluginManifest, _ keys: [String], _ message: String) -> ConfigurationError {
        let path = keys.reduce(["config"] as ConfigurationPath) { $0.appending($1) }
        return ConfigurationError(file: manifest.file, position: manifest.position(of: path), message: message)
    }
}
