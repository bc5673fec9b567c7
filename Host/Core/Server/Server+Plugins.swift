import CSluice
import HostConfig
import SluiceJSON
import Synchronization

extension Server {
    /// [control] Discovers and loads all plugins; each ends ACTIVE, DISABLED, REJECTED or FAILED with its reason.
    func loadPlugins() -> [PluginManifest] {
        if !Files.exists(configuration.pluginsFolder) {
            log.warning("no folder of plugins", ["folder": configuration.pluginsFolder])
        }
        let found = PluginDiscovery(folder: configuration.pluginsFolder).discover()
        for record in found.refused {
            registry.add(record)
            if record.state == .rejected { note(record.id, record.state, record.reason) }
        }
        for manifest in found.manifests {
            registry.add(PluginRecord(id: manifest.id, file: manifest.file, state: .verified, reason: "", manifest: manifest))
            if let reason = disabledReason(manifest) {
                set(manifest.id, .disabled, reason)
                continue
            }
            if let reason = quarantineReason(manifest.id) {
                set(manifest.id, .quarantined, reason)
                continue
            }
            load(manifest)
        }
        return found.manifests.filter { registry.active($0.id) != nil }
    }

    /// [control] One plugin, from its manifest to ACTIVE.
    func load(_ manifest: PluginManifest) {
        let loading = PluginLoading(
            manifest: manifest, dataFolder: options.dataFolder, requireHash: configuration.requireHash, hostVersion: Self.version)
        var made: PluginGeneration?
        do {
            let generation = try loading.load(manifest, number: registry.nextGeneration(), server: self, made: { made = $0 }) {
                self.registry.set(manifest.id, $0)
            }
            registry.set(manifest.id, .loaded, generation: generation)
            try loading.configure(generation)
            registry.set(manifest.id, .configured)
            try generation.selfTest()
            try checkInterfaces(generation)
            try registerRoutes(generation)
            try generation.activate()
            generation.enter(.active)
            registry.setOutput(manifest.id, PluginOutput(generation))
            set(manifest.id, .active, "")
        } catch let refusal as LibraryRefusal {
            discard(made)
            set(manifest.id, .rejected, refusal.description)
        } catch PluginProbe.Refusal.refused(let reason) {
            set(manifest.id, .rejected, reason)
        } catch {
            discard(made)
            set(manifest.id, .failed, String(describing: error))
        }
    }

    /// [control] A generation that will not become active: nothing of it is called any more. Kept, since its image may still run; ended
    /// behind what it has posted, unless a task of it runs.
    func discard(_ generation: PluginGeneration?, keepingRoutes: Bool = false) {
        guard let generation else { return }
        if !keepingRoutes { unregisterRoutes(generation.id) }
        for handle in timers.handles(where: { $0.generation === generation }) { _ = cancelTimer(handle, of: generation) }
        dropFetches(of: generation)
        control.post {
            if generation.leases.tasks.load(ordering: .relaxed) == 0 { generation.destroy() }
            self.keep(generation)
        }
    }

    /// Every interface that the manifest names has a table.
    func checkInterfaces(_ generation: PluginGeneration) throws {
        for id in generation.manifest.interfaces {
            let table: UnsafePointer<UInt32>? = generation.interface(id)
            guard table != nil else { throw LibraryRefusal.missingInterface(id) }
        }
    }

    func set(_ id: String, _ state: PluginState, _ reason: String) {
        registry.set(id, state, reason: reason)
        note(id, state, reason)
    }

    private func note(_ id: String, _ state: PluginState, _ reason: String) {
        var words = ["plugin": id, "state": state.rawValue]
        if !reason.isEmpty { words["reason"] = reason }
        switch state {
        case .rejected, .failed: log.error("plugin not loaded", words)
        case .quarantined: log.error("plugin quarantined", words)
        default: log.info("plugin", words)
        }
        events.emit("plugin.state", ["plugin": .string(id), "state": .string(state.rawValue), "reason": .string(reason)])
    }

    /// The outputs of an app, in its order, that are active.
    func outputs(of policy: AppPolicy) -> [PluginOutput] { policy.outputs.compactMap { registry.output($0) } }

    /// Hands an event to the observers, on the control thread, unless they are far behind.
    func tellObservers(_ type: String, _ json: String) {
        guard waitingEvents.wrappingAdd(1, ordering: .relaxed).newValue <= 4096 else {
            waitingEvents.wrappingSubtract(1, ordering: .relaxed)
            metrics.record(hostMetrics.droppedEvents, 1)
            return
        }
        control.post {
            self.waitingEvents.wrappingSubtract(1, ordering: .relaxed)
            for record in self.registry.records where record.state == .active {
                guard let generation = record.generation,
                    let table: UnsafePointer<sluice_observer_interface> = generation.interface(SLUICE_INTERFACE_OBSERVER)
                else { continue }
                BorrowedText.with(type, json) { type, json in
                    generation.call(.event) { table.pointee.event?(generation.instance, type, json) }
                }
            }
        }
    }

    // MARK: Tasks and timers

    /// Runs blocking work on the worker pool, then `done` on the control thread. `false`: too much waits.
    func runTask(for generation: PluginGeneration, _ work: @escaping @Sendable () -> Void, then done: (@Sendable () -> Void)?)
        -> Bool
    {
        guard generation.leases.tasks.wrappingAdd(1, ordering: .relaxed).newValue <= 10_000 else {
            generation.leases.tasks.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        workers.submit { state in
            guard case .active = state else { return }
            generation.call(.taskRun, work)
            generation.leases.tasks.wrappingSubtract(1, ordering: .relaxed)
            if let done { self.control.post { generation.call(.taskDone, done) } }
        }
        return true
    }

    /// Runs `work` later on the control thread. `false`: too much waits.
    func post(for generation: PluginGeneration, _ work: @escaping @Sendable () -> Void) -> Bool {
        guard generation.leases.tasks.wrappingAdd(1, ordering: .relaxed).newValue <= 10_000 else {
            generation.leases.tasks.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        control.post {
            generation.call(.taskPost, work)
            generation.leases.tasks.wrappingSubtract(1, ordering: .relaxed)
        }
        return true
    }

    func startTimer(
        for generation: PluginGeneration, delay: UInt64, period: UInt64, _ fired: @escaping @Sendable (UInt64) -> Void
    ) -> UInt64? {
        let timer = PluginTimer(generation: generation, period: period, fired: fired)
        let handle = timers.insert(timer)
        guard handle != 0 else { return nil }
        generation.leases.timers.wrappingAdd(1, ordering: .relaxed)
        schedule(handle, after: delay)
        return handle
    }

    private func schedule(_ handle: UInt64, after delay: UInt64) {
        control.loop.scheduleTask(in: .nanoseconds(Int64(clamping: delay))) {
            guard let timer = self.timers[handle] else { return }
            if timer.period > 0 {
                self.schedule(handle, after: timer.period)
            } else {
                self.timers.remove(handle)
                timer.generation.leases.timers.wrappingSubtract(1, ordering: .relaxed)
            }
            timer.generation.call(.timeFired) { timer.fired(self.now) }
        }
    }

    func cancelTimer(_ handle: UInt64, of generation: PluginGeneration) -> Bool {
        guard let timer = timers.remove(handle) else { return false }
        timer.generation.leases.timers.wrappingSubtract(1, ordering: .relaxed)
        return true
    }
}

/// A plugin's timer; it is over when its handle is gone.
final class PluginTimer: Sendable {
    let generation: PluginGeneration
    let period: UInt64
    let fired: @Sendable (UInt64) -> Void

    init(generation: PluginGeneration, period: UInt64, fired: @escaping @Sendable (UInt64) -> Void) {
        self.generation = generation
        self.period = period
        self.fired = fired
    }
}
