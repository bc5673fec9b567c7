// Replacing plugins in service: a reload is a transaction between two generations. Whatever fails before the flip leaves the old one
// serving; trouble in the health window brings it back; what can't be handed over stays with it until it ends or the drain time is over.
//
// Everything here runs on the control thread, but for staging and probing, which run on a worker. What becomes of the old generation's
// sessions and sinks is Server+Generations.

import CSluice
import Glibc
import HostConfig
import NIOCore
import SluiceJSON

extension Server {
    // MARK: The operator's words

    /// [any] Puts a new generation of a plugin in the place of the one that serves. `done` is called when the new one serves (`wait`:
    /// when its health window is over), or has failed.
    func reload(_ id: String, handover: Bool = true, wait: Bool = false, _ done: @escaping PluginChanges.Done) {
        begin(id, done) { record, done in
            let manifest = try self.readManifest(record)
            guard let reason = self.disabledReason(manifest) else {
                return self.stage(manifest, replacing: record, handover: handover, wait: wait, done)
            }
            throw PluginChangeFailure(reason)
        }
    }

    /// [any] Loads a plugin that does not serve: one that was added, failed, or was disabled by its manifest.
    func load(_ id: String, _ done: @escaping PluginChanges.Done) {
        begin(id, done) { record, done in
            guard record.state != .active else { throw PluginChangeFailure("it is active already; reload replaces it") }
            let manifest = try self.readManifest(record)
            if let reason = self.disabledReason(manifest) { throw PluginChangeFailure(reason) }
            self.stage(manifest, replacing: record, handover: false, wait: false, done)
        }
    }

    /// [any] Ends a plugin: its sessions hear a goodbye, its outputs close, its listeners close. Holds over restarts.
    func disable(_ id: String, _ done: @escaping PluginChanges.Done) {
        begin(id, done) { record, done in
            try self.keepDisabled(id, true)
            self.retire(record, as: .disabled, "disabled by the operator; `sluice plugin enable \(id)`")
            done(.success(PluginChange(plugin: id, text: "disabled")))
        }
    }

    /// [any] Takes `disable` back and loads the plugin.
    func enable(_ id: String, _ done: @escaping PluginChanges.Done) {
        begin(id, done) { record, done in
            try self.keepDisabled(id, false)
            guard record.state != .active else {
                return done(
                    .success(PluginChange(plugin: id, generation: record.generation?.number ?? 0, text: "active already")))
            }
            let manifest = try self.readManifest(record)
            guard manifest.enabled else { throw PluginChangeFailure("enabled = false in \(manifest.file)") }
            self.stage(manifest, replacing: record, handover: false, wait: false, done)
        }
    }

    /// One change of a plugin at a time; `done` ends it.
    private func begin(
        _ id: String, _ done: @escaping PluginChanges.Done,
        _ body: @escaping @Sendable (PluginRecord, @escaping PluginChanges.Done) throws -> Void
    ) {
        control.post {
            guard let record = self.registry.record(id), record.manifest != nil else {
                return done(.failure(PluginChangeFailure("no plugin has the id '\(id)'", .missing)))
            }
            guard let number = self.changes.begin(id) else {
                return done(.failure(PluginChangeFailure("a change of '\(id)' is under way", .busy)))
            }
            let finish: PluginChanges.Done = { result in
                self.changes.end(id, number)
                if case .failure(let failure) = result {
                    self.log.error("plugin not changed", ["plugin": id, "reason": failure.description])
                    self.tellChange(id, "failed", failure.description)
                }
                done(result)
            }
            do {
                try body(record, finish)
            } catch let failure as PluginChangeFailure {
                finish(.failure(failure))
            } catch {
                finish(.failure(PluginChangeFailure("\(error)")))
            }
        }
    }

    // MARK: Manifests

    /// The manifest as it stands on the disk now.
    private func readManifest(_ record: PluginRecord) throws -> PluginManifest {
        let text = String(decoding: try Files.read(record.file, limit: 1 << 20), as: UTF8.self)
        let manifest = try PluginManifest(parsing: text, file: record.file)
        guard manifest.id == record.id else {
            throw PluginChangeFailure("\(record.file) has the id '\(manifest.id)' now: a plugin keeps its id")
        }
        try LibraryStaging(searchFolders: [], stagingFolder: "").checkWritable(record.file)
        return manifest
    }

    /// Why a plugin is not to be loaded; nil: it is.
    func disabledReason(_ manifest: PluginManifest) -> String? {
        guard manifest.enabled else { return "enabled = false in \(manifest.file)" }
        guard Files.exists(disabledMark(manifest.id)) else { return nil }
        return "disabled by the operator; `sluice plugin enable \(manifest.id)`"
    }

    private func disabledMark(_ id: String) -> String { Files.join(options.dataFolder, "plugins/\(id).disabled") }

    private func keepDisabled(_ id: String, _ on: Bool) throws {
        let mark = disabledMark(id)
        if on {
            try Files.makeFolder(Files.parent(mark), mode: 0o700)
            try Files.replace(mark, with: [], mode: 0o600)
        } else if unlink(mark) != 0, errno != ENOENT {
            throw PluginChangeFailure("\(mark): \(String(cString: strerror(errno)))")
        }
    }

    // MARK: The transaction

    /// What a replacement may not change: connections and streams of the old generation depend on it.
    private func checkContinues(_ manifest: PluginManifest, from old: PluginManifest) throws {
        let changeable = ["sluice.handover/1", "sluice.selftest/1", "sluice.observer/1", "sluice.command/1"]
        let (before, after) = (Set(old.interfaces).subtracting(changeable), Set(manifest.interfaces).subtracting(changeable))
        guard before == after else {
            throw PluginChangeFailure(
                "its interfaces changed from \(before.sorted()) to \(after.sorted()): disable it, then enable it")
        }
        guard old.listen == manifest.listen else {
            throw PluginChangeFailure("its [[listen]] changed: disable it, then enable it")
        }
    }

    private func stage(
        _ manifest: PluginManifest, replacing record: PluginRecord, handover: Bool, wait: Bool,
        _ done: @escaping PluginChanges.Done
    ) {
        let began = now
        // Whoever wants it loaded has seen why it was not.
        liftQuarantine(manifest.id)
        let number = registry.nextGeneration()
        let old = record.isInService ? record.generation : nil
        // There is nothing to take from a process that is given up, and nothing to go back to.
        let handover = handover && record.state == .active
        do {
            if old != nil, let known = record.manifest { try checkContinues(manifest, from: known) }
        } catch {
            return done(.failure(error as? PluginChangeFailure ?? PluginChangeFailure("\(error)")))
        }
        let loading = PluginLoading(
            manifest: manifest, dataFolder: options.dataFolder, requireHash: configuration.requireHash, hostVersion: Self.version)
        tellChange(manifest.id, "staging", "")
        workers.submit { state in
            guard case .active = state else { return }
            let staged = Result { try loading.stage(manifest, number: number) }
            self.control.post {
                do {
                    let staged = try staged.get()
                    self.tellChange(manifest.id, "probed", staged.sha256)
                    try self.replace(
                        old, by: manifest, staged, loading, number, handover: handover, began: began, wait: wait, done)
                } catch {
                    guard let old else {
                        self.set(manifest.id, Self.isRefusal(error) ? .rejected : .failed, "\(error)")
                        return done(.failure(PluginChangeFailure("\(error)")))
                    }
                    let reason = "a reload failed, generation \(old.number) serves on: \(error)"
                    self.registry.set(manifest.id, record.state, reason: reason)
                    done(.failure(PluginChangeFailure(reason)))
                }
            }
        }
    }

    /// Whether the library is not what its manifest says, in contrast to one that does not work.
    private static func isRefusal(_ error: any Error) -> Bool {
        if case PluginProbe.Refusal.refused = error { return true }
        return error is LibraryRefusal
    }

    private func replace(
        _ old: PluginGeneration?, by manifest: PluginManifest, _ staged: StagedLibrary, _ loading: PluginLoading,
        _ number: UInt64,
        handover: Bool, began: UInt64, wait: Bool, _ done: @escaping PluginChanges.Done
    ) throws {
        let id = manifest.id
        var made: PluginGeneration?
        let new: PluginGeneration
        do {
            new = try loading.open(staged, manifest, number: number, server: self, store: old?.store, made: { made = $0 })
            try loading.configure(new)
            try new.selfTest()
            try checkInterfaces(new)
            try new.activate()
            try registerRoutes(new)
            // Until the sinks have moved the old one's answers are right: it still knows all of them, and is sent on to who has them.
            if let old, handover { try registerRoutes(old) }
        } catch {
            discard(made, keepingRoutes: old != nil)
            throw error
        }
        // An earlier reload's window ends as good.
        endWatch(id)
        let oldManifest = registry.record(id)?.manifest
        new.enter(.active)
        registry.replace(id, by: new, manifest: manifest, output: PluginOutput(new), state: .active, reason: "")
        if manifest.interfaces.contains(where: { $0.hasPrefix("sluice.auth/") }) { auth.forgetVerdicts() }
        let change = PluginChange(
            plugin: id, generation: number, milliseconds: Int((now - began) / 1_000_000), text: "generation \(number) serves")
        log.notice(
            "plugin generation serves",
            ["plugin": id, "generation": "\(number)", "sha256": staged.sha256, "ms": "\(change.milliseconds)"])
        tellChange(id, "serving", "generation \(number)")
        events.emit(
            "plugin.state", ["plugin": .string(id), "state": .string(PluginState.active.rawValue), "reason": .string("")])
        guard let old, let oldManifest else {
            openOutputs(of: id)
            workers.submit { _ in
                self.openListeners(of: id)
                self.control.post { done(.success(change)) }
            }
            return
        }
        guard handover else {
            old.enter(.draining)
            for older in registry.record(id)?.older ?? [old] { end(older, "the plugin \(id) was restarted") }
            openOutputs(of: id)
            drain(old)
            return done(.success(change))
        }
        old.enter(.standby)
        move(from: old, to: new) { self.giveRoutes(to: new) }
        // The change is made: who waits for the window to end does not keep others from the next one, which ends it.
        changes.busy[id] = nil
        watch(new, old, oldManifest, wait ? [(change, done)] : [])
        if !wait { done(.success(change)) }
    }

    // MARK: Health window

    private func watch(
        _ new: PluginGeneration, _ old: PluginGeneration, _ manifest: PluginManifest,
        _ waiting: [(change: PluginChange, done: PluginChanges.Done)]
    ) {
        let watch = PluginChanges.Watch(new: new, old: old, oldManifest: manifest)
        watch.waiting = waiting
        changes.watches[new.id] = watch
        watch.timer = control.loop.scheduleTask(in: .nanoseconds(Int64(PluginChanges.healthWindow))) { self.endWatch(new.id) }
    }

    /// The new generation is good: the one before is let go of.
    func endWatch(_ id: String) {
        guard let watch = changes.watches.removeValue(forKey: id) else { return }
        watch.timer?.cancel()
        drain(watch.old)
        for (change, done) in watch.waiting { done(.success(change)) }
    }

    /// [control] A generation did what good ones don't.
    func inTrouble(_ generation: PluginGeneration, count: Int, _ text: String) {
        guard count >= PluginChanges.troubleLimit, let watch = changes.watches[generation.id], watch.new === generation else {
            return
        }
        takeBack(watch, "after \(count) failures in its first seconds: \(text)")
    }

    /// [control] Puts the generation before in the place of the one in its health window.
    func takeBack(_ watch: PluginChanges.Watch, _ text: String) {
        let generation = watch.new
        changes.watches[generation.id] = nil
        watch.timer?.cancel()
        let reason = "generation \(generation.number) was taken back \(text)"
        do {
            try registerRoutes(watch.old)
        } catch {
            log.error("routes not taken back", ["plugin": generation.id, "reason": "\(error)"])
        }
        watch.old.enter(.active)
        registry.replace(
            generation.id, by: watch.old, manifest: watch.oldManifest, output: PluginOutput(watch.old), state: .active,
            reason: reason)
        log.error(
            "plugin generation taken back", ["plugin": generation.id, "generation": "\(generation.number)", "reason": text])
        tellChange(generation.id, "taken back", reason)
        generation.enter(.standby)
        move(from: generation, to: watch.old) {}
        openOutputs(of: generation.id)
        drain(generation)
        for (_, done) in watch.waiting { done(.failure(PluginChangeFailure(reason))) }
    }
}
