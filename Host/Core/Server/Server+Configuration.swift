// The configuration read again while the server runs: SIGHUP, `POST /api/v1/reload`, `sluice reload`.
//
// One reading holds as a whole or not at all. Policies are looked up when something begins (a question, a publish, a play, a request),
// so the swap is the change; what is on air is then brought into line app by app. Apps that did not change are not looked at. What is
// read at the start only (listeners, threads, the folder of plugins …) stays as it is, and the log says so.

import HostConfig
import HostNet
import HostPaths
import Logging
import SluiceJSON

extension Server {
    /// What became of a reading.
    public typealias Reloaded = Result<ConfigurationChange, ConfigurationErrors>

    static func removedText(_ app: Name) -> String { "the app \(app) is not configured any more" }

    /// [any] Whether the configuration was ever read again.
    var isReloaded: Bool { reloaded.load(ordering: .acquiring) }

    /// [any] Reads configuration and certificate again; `done` is called on the control thread.
    public func reload(_ done: @escaping @Sendable (Reloaded) -> Void = { _ in }) {
        control.post {
            // Who was told that the process stops must not hear that it is ready.
            let notify = self.isDraining ? nil : self.options.notify
            notify?.reloading()
            self.reloadCertificates()
            let result = self.readConfigurationAgain()
            notify?.send("READY=1")
            done(result)
        }
    }

    /// [control]
    private func readConfigurationAgain() -> Reloaded {
        let before = configuration
        do throws(ConfigurationErrors) {
            let next = try ConfigurationFiles.server(at: before.file)
            try check(next)
            let (inForce, change) = before.taking(next)
            put(inForce, change)
            tell(change)
            return .success(change)
        } catch {
            for one in error.errors { log.error("configuration not taken, the one before stays", ["error": one.description]) }
            events.emit("config.refused", ["errors": JSONValue(error.errors.map(\.description))])
            return .failure(error)
        }
    }

    /// All that `sluice check` would find in the file itself, the manifests and the plugins' schemas being as they are.
    private func check(_ next: ServerConfiguration) throws(ConfigurationErrors) {
        let manifests = registry.records.compactMap(\.manifest)
        var errors = next.errors(against: manifests)
        errors += Listener.plan(next, manifests: manifests, portBase: options.portBase).errors
        for app in next.apps {
            for id in next.pluginTables(of: app) {
                guard let generation = registry.active(id) else { continue }
                let text = generation.loaded.appConfigSchema
                let schema = text.isEmpty ? nil : try? ConfigurationSchema(parsing: text)
                do throws(ConfigurationErrors) { _ = try next.settings(app: app, plugin: id, schema: schema) } catch {
                    errors += error.errors
                }
            }
            errors += stepErrors(next, app)
        }
        errors.removeAll { $0.file != next.file }
        guard errors.isEmpty else { throw ConfigurationErrors(errors) }
    }

    /// What the plugins in service don't take of an app's steps and sources.
    private func stepErrors(_ next: ServerConfiguration, _ app: AppConfiguration) -> [ConfigurationError] {
        var errors: [ConfigurationError] = []
        for step in app.steps {
            guard let generation = registry.active(step.use) else { continue }
            let schema = ConfigurationSchema.declared(generation.loaded.stepSchema)
            do throws(ConfigurationErrors) { _ = try next.settings(app: app, step: step, schema: schema) } catch {
                errors += error.errors
            }
        }
        for source in app.sources {
            guard let generation = registry.active(source.use) else { continue }
            let schema = ConfigurationSchema.declared(generation.loaded.sourceSchema)
            do throws(ConfigurationErrors) { _ = try next.settings(app: app, source: source, schema: schema) } catch {
                errors += error.errors
            }
        }
        return errors
    }

    /// [control] Swaps, then brings into line what is on.
    private func put(_ next: ServerConfiguration, _ change: ConfigurationChange) {
        let fresh = ConfigurationInForce(next)
        reloaded.store(true, ordering: .releasing)
        let old = inForce.withLock { inForce in
            defer { inForce = fresh }
            return inForce
        }
        log.setLevel(.init(rawValue: next.logLevel.rawValue) ?? .info)
        counter.limits = ConnectionLimits(
            total: next.limits.connections, unauthenticatedPerAddress: next.limits.unauthenticatedPerAddress)
        streams.limit = next.limits.streams
        let chains = Set(old.policies.keys).union(fresh.policies.keys).filter {
            old.policies[$0]?.chain != fresh.policies[$0]?.chain
        }
        let settings = change.plugins.contains { id, apps in
            apps.contains { app in Name(app).flatMap { fresh.policies[$0] }?.chain.links.contains { $0.plugin == id } ?? false }
        }
        if !chains.isEmpty || settings { auth.forgetVerdicts() }
        let changed = Set(change.changed.compactMap { Name($0) })
        for stream in streams.streams where changed.contains(stream.key.app) {
            guard let policy = fresh.policies[stream.key.app] else { continue }
            stream.lane.post { stream.take(policy) }
        }
        syncSources()
        for app in change.removed.compactMap({ Name($0) }) { end(app) }
    }

    /// [control] Ends what an app had: its publishers with a reason, its streams, who plays and who waits.
    private func end(_ app: Name) {
        let reason = Self.removedText(app)
        for publication in publications.values where publication.stream.key.app == app {
            let session = sessions[publication.connection]
            end(publication, reason: reason)
            session?.stop(reason)
        }
        for stream in streams.streams where stream.key.app == app { stream.lane.post { stream.endIfIdle(reason) } }
        for (player, _) in streams.takeWaiting(app: app) { player.playerLane.post { player.playerEnds(reason) } }
    }

    private func tell(_ change: ConfigurationChange) {
        var words: [String: String] = [:]
        let parts: [(String, [String])] = [
            ("apps_added", change.added), ("apps_removed", change.removed), ("apps_changed", change.changed),
            ("settings", change.applied),
        ]
        for (key, names) in parts where !names.isEmpty { words[key] = names.joined(separator: " ") }
        log.notice(change.isEmpty ? "configuration read again, nothing differs" : "configuration read again", words)
        if !change.needsRestart.isEmpty {
            log.warning("not changed before a restart", ["settings": change.needsRestart.joined(separator: " ")])
        }
        events.emit("config.reloaded", change.object)
    }
}

extension ConfigurationChange {
    /// As events and the API have it.
    var object: JSONObject {
        [
            "added": JSONValue(added), "removed": JSONValue(removed), "changed": JSONValue(changed),
            "applied": JSONValue(applied), "needs_restart": JSONValue(needsRestart),
            "plugins": .object(JSONObject(plugins.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) })),
        ]
    }
}
