// Replacing plugins in service: a reload is a transaction between two generations. Whatever fails before the flip leaves the old one
// serving; trouble in the health window brings it back; what can't be handed over stays with it until it ends or the drain time is over.
//
// Everything here runs on the control thread, but for staging and probing, which run on a worker, and moving, which each session and
// sink does on its own lane.

import CHostLoader
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
            throw PluginChangeFailure("it is disabled: \(reason)")
        }
    }

    /// [any] Loads a plugin that does not serve: one that was added, failed, or was disabled by its manifest.
    func load(_ id: String, _ done: @escaping PluginChanges.Done) {
        begin(id, done) { record, done in
            guard record.state != .active else { throw PluginChangeFailure("it is active already; reload replaces it") }
            let manifest = try self.readManifest(record)
            if let reason = self.disabledReason(manifest) { throw PluginChangeFailure("it is disabled: \(reason)") }
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
                    self.tell(id, "failed", failure.description)
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
        let changeable = ["sluice.handover/0", "sluice.selftest/0", "sluice.observer/0", "sluice.command/0"]
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
        tell(manifest.id, "staging", "")
        workers.submit { state in
            guard case .active = state else { return }
            let staged = Result { try loading.stage(manifest, number: number) }
            self.control.post {
                do {
                    let staged = try staged.get()
                    self.tell(manifest.id, "probed", staged.sha256)
                    try self.replace(
                        old, by: manifest, staged, loading, number, handover: handover, began: began, wait: wait, done)
                } catch {
                    if let old {
                        let reason = "a reload failed, generation \(old.number) serves on: \(error)"
                        self.registry.set(manifest.id, record.state, reason: reason)
                    } else {
                        self.set(manifest.id, Self.isRefusal(error) ? .rejected : .failed, "\(error)")
                    }
                    done(.failure(PluginChangeFailure("\(error)")))
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
        tell(id, "serving", "generation \(number)")
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
    private func endWatch(_ id: String) {
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
        changes.watches[generation.id] = nil
        watch.timer?.cancel()
        let reason = "generation \(generation.number) was taken back after \(count) failures in its first seconds: \(text)"
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
        tell(generation.id, "taken back", reason)
        generation.enter(.standby)
        move(from: generation, to: watch.old) {}
        openOutputs(of: generation.id)
        drain(generation)
        for (_, done) in watch.waiting { done(.failure(PluginChangeFailure(reason))) }
    }

    // MARK: Moving

    /// Hands every session and sink of one generation to another, each in a turn of its own lane.
    /// `then` is called on the control thread when each has been asked.
    private func move(from old: PluginGeneration, to new: PluginGeneration, then: @escaping @Sendable () -> Void) {
        let output = PluginOutput(new)
        let lanesLeft = Countdown(lanes.count) { self.control.post(then) }
        for lane in lanes {
            var moves: [() -> Void] = []
            for session in sessions.values
            where session.lane === lane && session.plugin == old.id && session.generationNumber == old.number {
                moves.append { self.move(session, to: new) }
            }
            if let output {
                for stream in streams.streams where stream.lane === lane { moves.append { self.move(stream, to: output) } }
            }
            nonisolated(unsafe) let all = moves[...]
            lane.post { self.carryOut(all, on: lane) { lanesLeft.one() } }
        }
    }

    /// [lane] Moves for some milliseconds, then lets the lane do its work, then goes on: a large stream's state takes milliseconds itself.
    private func carryOut(_ moves: ArraySlice<() -> Void>, on lane: Lane, then: @escaping @Sendable () -> Void) {
        let end = now &+ 3_000_000
        var left = moves
        while let next = left.popFirst() {
            next()
            if now >= end { break }
        }
        guard !left.isEmpty else { return then() }
        nonisolated(unsafe) let rest = left
        lane.loop.scheduleTask(in: .milliseconds(1)) {
            self.carryOut(rest, on: lane, then: then)
            lane.settle()
        }
    }

    private func move(_ session: Session, to new: PluginGeneration) {
        switch session.move(to: new) {
        case .moved, .gone: return
        case .notNow:
            session.lane.loop.scheduleTask(in: .milliseconds(5)) {
                guard new.currentPlace == .active else { return }
                self.move(session, to: new)
            }
        case .refused(let reason): tellRefused(new, "session", "\(session.peer):\(session.peerPort)", reason)
        }
    }

    private func move(_ stream: LiveStream, to output: PluginOutput) {
        for sink in stream.sinks where sink.plugin == output.generation.id && sink.generation !== output.generation {
            if case .refused(let reason) = sink.move(to: output) {
                tellRefused(output.generation, "sink", stream.key.description, reason)
            }
        }
    }

    private func tellRefused(_ new: PluginGeneration, _ what: String, _ name: String, _ reason: String) {
        log.info(
            "stays with its generation",
            ["plugin": new.id, what: name, "generation": "\(new.number)", "reason": reason])
    }

    private func giveRoutes(to new: PluginGeneration) {
        guard registry.active(new.id) === new else { return }
        do {
            try registerRoutes(new)
        } catch {
            log.error("routes not taken over", ["plugin": new.id, "reason": "\(error)"])
        }
    }

    /// Opens the outputs of a plugin on streams that are on air without it.
    private func openOutputs(of id: String) {
        for stream in streams.streams where stream.policy.outputs.contains(id) {
            stream.lane.post { stream.openMissing(id) }
        }
    }

    /// Ends what a generation has: sessions with a goodbye, sinks with their players.
    private func end(_ generation: PluginGeneration, _ reason: String) {
        for session in sessions.values where session.plugin == generation.id && session.generationNumber == generation.number {
            session.stop(reason)
        }
        for stream in streams.streams {
            stream.lane.post { stream.closeSinks(of: generation, reason) }
        }
    }

    /// Takes a plugin out of service.
    func retire(_ record: PluginRecord, as state: PluginState, _ reason: String) {
        endWatch(record.id)
        let old = record.isInService ? record.generation : nil
        unregisterRoutes(record.id)
        if let manifest = record.manifest {
            registry.replace(record.id, by: nil, manifest: manifest, output: nil, state: state, reason: reason)
        }
        set(record.id, state, reason)
        guard let old else { return }
        old.enter(.draining)
        workers.submit { _ in self.closeListeners(of: record.id) }
        for older in registry.record(record.id)?.older ?? [old] {
            end(older, "the plugin \(record.id) is not in service any more")
        }
        drain(old)
    }

    // MARK: Draining

    /// Lets a generation go once nothing needs it; at the drain time's end what is left is ended.
    private func drain(_ generation: PluginGeneration) {
        generation.enter(.draining)
        let limit = UInt64(max(generation.manifest.drainSeconds, 0)) * 1_000_000_000
        changes.draining.append((generation, now &+ limit))
        guard changes.drainTimer == nil else { return }
        changes.drainTimer = control.loop.scheduleRepeatedTask(initialDelay: .milliseconds(50), delay: .milliseconds(100)) {
            task in
            self.drainOn()
            guard self.changes.draining.isEmpty else { return }
            task.cancel()
            self.changes.drainTimer = nil
        }
    }

    private func drainOn() {
        let now = now
        var left: [(generation: PluginGeneration, deadline: UInt64)] = []
        for (generation, deadline) in changes.draining {
            if !generation.isNeeded {
                finish(generation)
            } else if now < deadline {
                if let new = registry.active(generation.id), new !== generation { sweep(generation, to: new) }
                left.append((generation, deadline))
            } else if now < deadline &+ 10_000_000_000 {
                if !generation.isEnding {
                    generation.isEnding = true
                    end(generation, "the plugin \(generation.id) was replaced")
                    openOutputs(of: generation.id)
                }
                left.append((generation, deadline))
            } else {
                generation.enter(.stuck)
                log.error(
                    "plugin generation does not let go",
                    [
                        "plugin": generation.id, "generation": "\(generation.number)",
                        "held_by": generation.leaseList.filter { $0.1 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", "),
                    ])
            }
        }
        changes.draining = left
    }

    /// Sessions that began with the old generation while it was being replaced.
    private func sweep(_ old: PluginGeneration, to new: PluginGeneration) {
        guard old.leases.sessions.load(ordering: .relaxed) > 0, old.sweeps < 3 else { return }
        old.sweeps += 1
        move(from: old, to: new) {}
    }

    private func finish(_ generation: PluginGeneration) {
        for handle in timers.handles(where: { $0.generation === generation }) { _ = cancelTimer(handle, of: generation) }
        generation.destroy()
        generation.enter(.retired)
        if let entry = generation.loaded.entry { hostloader_release_image(entry) }
        discarded.withLock { $0.append(generation) }
        let count = registry.retire(generation)
        forgetRetired()
        tell(generation.id, "retired", "generation \(generation.number)")
        guard count > 0, count % PluginChanges.retiredLimit == 0 else { return }
        log.warning(
            "many retired plugin images are still mapped: plan a rolling restart",
            ["plugin": generation.id, "images": "\(count)"])
    }

    private func tell(_ id: String, _ step: String, _ detail: String) {
        events.emit("plugin.change", ["plugin": .string(id), "step": .string(step), "detail": .string(detail)])
    }
}
