// The folder of manifests while the server runs: what appears is loaded, what changes is configured or reloaded, what goes is retired.

import HostConfig
import NIOCore
import SluiceJSON

extension Server {
    /// Begins to watch the folder of plugins.
    func watchFolder() {
        let folder = configuration.pluginsFolder
        folderWatch = FolderWatch(folder) { [weak self] in
            guard let self else { return }
            self.control.post { self.reconcile() }
        }
        if folderWatch == nil, Files.exists(folder) {
            log.warning("the folder of plugins is not watched: `sluice plugin load` and `reload` still work", ["folder": folder])
        }
    }

    /// [control] Brings what runs into line with the folder.
    private func reconcile() {
        // A change that is under way ends first; it may be of the same plugin.
        guard changes.busy.isEmpty else {
            control.loop.scheduleTask(in: .milliseconds(200)) { self.reconcile() }
            return
        }
        let found = PluginDiscovery(folder: configuration.pluginsFolder).discover()
        registry.remove { record in record.manifest == nil }
        for refused in found.refused {
            // A manifest that was good and is bad now: the plugin goes on as it is, and says so.
            if let served = registry.records.first(where: { $0.file == refused.file && $0.manifest != nil }) {
                keep(served, despite: refused.reason)
            } else {
                registry.add(refused)
            }
        }
        let files = Set(found.manifests.map(\.file) + found.refused.map(\.file))
        for record in registry.records where record.manifest != nil && record.state != .retired && !files.contains(record.file) {
            gone(record)
        }
        for manifest in found.manifests { appeared(manifest) }
    }

    private func keep(_ record: PluginRecord, despite reason: String) {
        let text = "the manifest is refused, the one before stays in force: \(reason)"
        guard record.reason != text else { return }
        registry.set(record.id, record.state, reason: text)
        log.error("manifest refused", ["plugin": record.id, "file": record.file, "reason": reason])
        events.emit("plugin.change", ["plugin": .string(record.id), "step": "refused", "detail": .string(reason)])
    }

    private func gone(_ record: PluginRecord) {
        log.notice("manifest gone", ["plugin": record.id, "file": record.file])
        retire(record, as: .retired, "its manifest is gone")
        forgetRetired()
    }

    /// Forgets plugins without manifest of which nothing lives any more.
    func forgetRetired() { registry.remove { $0.state == .retired && $0.older.isEmpty } }

    private func appeared(_ manifest: PluginManifest) {
        let id = manifest.id
        guard let record = registry.record(id), let before = record.manifest else {
            registry.remove { $0.file == manifest.file }
            registry.add(PluginRecord(id: id, file: manifest.file, state: .verified, reason: "", manifest: manifest))
            if let reason = disabledReason(manifest) { return set(id, .disabled, reason) }
            if let reason = quarantineReason(id) { return set(id, .quarantined, reason) }
            return load(id) { _ in }
        }
        if before.text == manifest.text, record.state != .retired {
            // Put right again, by taking back what was wrong.
            if record.state == .active, !record.reason.isEmpty, record.reason.hasPrefix("the manifest is refused") {
                registry.set(id, .active)
            }
            return
        }
        if let reason = disabledReason(manifest) {
            registry.setManifest(id, manifest)
            guard record.state == .active else { return set(id, .disabled, reason) }
            return retire(record, as: .disabled, reason)
        }
        guard record.state == .active, let generation = record.generation else {
            registry.setManifest(id, manifest)
            return load(id) { _ in }
        }
        guard manifest.differsOnlyInConfig(from: before) else { return reload(id) { _ in } }
        configure(generation, from: manifest)
    }

    /// A configuration that the live generation takes needs no other; one that it refuses is tried with a new one.
    private func configure(_ generation: PluginGeneration, from manifest: PluginManifest) {
        let loading = PluginLoading(
            manifest: manifest, dataFolder: options.dataFolder, requireHash: configuration.requireHash, hostVersion: Self.version)
        do {
            try loading.configure(generation, from: manifest)
            registry.setManifest(generation.id, manifest)
            registry.set(generation.id, .active)
            log.notice("plugin configured anew", ["plugin": generation.id, "generation": "\(generation.number)"])
            events.emit(
                "plugin.change", ["plugin": .string(generation.id), "step": "configured", "detail": .string("")])
        } catch let failure as PluginFailure {
            log.info("configuration needs a new generation", ["plugin": generation.id, "reason": "\(failure)"])
            reload(generation.id) { _ in }
        } catch {
            guard let record = registry.record(generation.id) else { return }
            keep(record, despite: "\(error)")
        }
    }
}
