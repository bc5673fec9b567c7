import HostConfig

/// Reads the folder of manifests. Runs no plugin code.
struct PluginDiscovery {
    /// A manifest that can be used, or a record that says why not.
    struct Found {
        var manifests: [PluginManifest] = []
        var refused: [PluginRecord] = []
    }

    let folder: String

    func discover() -> Found {
        var found = Found()
        let names: [String]
        do {
            names = try Files.list(folder)
        } catch {
            return found
        }
        var libraries: Set<String> = []
        for name in names where name.hasSuffix(".toml") && !name.hasPrefix(".") {
            let path = Files.join(folder, name)
            let stem = String(name.dropLast(5))
            do {
                try LibraryStaging(searchFolders: [], stagingFolder: "").checkWritable(path)
                let text = String(decoding: try Files.read(path, limit: 1 << 20), as: UTF8.self)
                let manifest = try PluginManifest(parsing: text, file: path)
                libraries.insert(manifest.library)
                if let other = found.manifests.first(where: { $0.id == manifest.id }) {
                    found.refused.append(refusal(stem, path, "the id '\(manifest.id)' is used by \(other.file) already"))
                } else {
                    found.manifests.append(manifest)
                }
            } catch {
                found.refused.append(refusal(stem, path, String(describing: error)))
            }
        }
        for name in names where name.hasSuffix(".so") && !libraries.contains(name) {
            var record = refusal(String(name.dropLast(3)), Files.join(folder, name), "no manifest names this library")
            record.state = .discovered
            record.hint = "sluice plugin install \(record.file)"
            found.refused.append(record)
        }
        return found
    }

    private func refusal(_ id: String, _ file: String, _ reason: String) -> PluginRecord {
        PluginRecord(id: id, file: file, state: .rejected, reason: reason)
    }
}
