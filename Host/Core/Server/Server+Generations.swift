// What a generation has, given to the next one, ended, or waited for: sessions and sinks move in a turn of their own lane each; a
// generation that nothing needs any more is destroyed, its image's memory given back.
//
// On the control thread, but for what says [lane].

import CHostLoader
import NIOCore
import SluiceJSON

extension Server {
    // MARK: Moving

    /// Hands every session and sink of one generation to another, each in a turn of its own lane.
    /// `then` is called on the control thread when each has been asked.
    func move(from old: PluginGeneration, to new: PluginGeneration, then: @escaping @Sendable () -> Void) {
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
            for stream in streams.streams where stream.lane === lane { moves.append { stream.steps.move(to: new) } }
            for source in sources(of: old.id) where source.lane === lane { moves.append { source.move(to: new) } }
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
        let outcome = session.move(to: new) { reason in
            self.tellRefused(new, "session", "\(session.peer):\(session.peerPort)", reason)
        }
        switch outcome {
        case .moved, .asked, .gone: return
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
            move(sink, to: output, attempts: 200)
        }
    }

    /// [lane] A sink in another process says what it is in a later turn.
    private func move(_ sink: SinkInstance, to output: PluginOutput, attempts: Int) {
        let outcome = sink.move(to: output) { outcome in self.decided(sink, output, outcome, attempts: attempts) }
        decided(sink, output, outcome, attempts: attempts)
    }

    private func decided(_ sink: SinkInstance, _ output: PluginOutput, _ outcome: HandoverOutcome, attempts: Int) {
        switch outcome {
        case .moved, .asked, .gone: return
        case .notNow where attempts > 0:
            sink.stream.lane.loop.scheduleTask(in: .milliseconds(5)) {
                guard output.generation.currentPlace == .active else { return }
                self.move(sink, to: output, attempts: attempts - 1)
            }
        case .notNow: replace(sink, by: output, "it does not say what it is")
        case .refused(let reason): replace(sink, by: output, reason)
        }
    }

    /// [lane] At a key frame, where both write their logs in the call; what comes from a process comes too late for that.
    private func replace(_ sink: SinkInstance, by output: PluginOutput, _ reason: String) {
        let isHere = !sink.generation.isElsewhere && !output.generation.isElsewhere
        if isHere, sink.stream.replace(sink, by: output) { return }
        tellRefused(output.generation, "sink", sink.stream.key.description, reason)
    }

    private func tellRefused(_ new: PluginGeneration, _ what: String, _ name: String, _ reason: String) {
        log.info(
            "stays with its generation",
            ["plugin": new.id, what: name, "generation": "\(new.number)", "reason": reason])
    }

    func giveRoutes(to new: PluginGeneration) {
        guard registry.active(new.id) === new else { return }
        do {
            try registerRoutes(new)
        } catch {
            log.error("routes not taken over", ["plugin": new.id, "reason": "\(error)"])
        }
    }

    /// Opens the outputs of a plugin on streams that are on air without it.
    func openOutputs(of id: String) {
        for stream in streams.streams where stream.policy.outputs.contains(id) {
            stream.lane.post { stream.openMissing(id) }
        }
        for stream in streams.streams where stream.policy.steps.contains(where: { $0.use == id }) {
            stream.lane.post { stream.steps.openMissing(id) }
        }
        for source in sources(of: id) { source.lane.post { source.openMissing() } }
    }

    /// Ends what a generation has: sessions with a goodbye, sinks with their players.
    func end(_ generation: PluginGeneration, _ reason: String) {
        for session in sessions.values where session.plugin == generation.id && session.generationNumber == generation.number {
            session.stop(reason)
        }
        for stream in streams.streams {
            stream.lane.post {
                stream.closeSinks(of: generation, reason)
                stream.steps.close(of: generation, reason)
            }
        }
        for source in sources(of: generation.id) { source.lane.post { source.close(of: generation, reason) } }
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
    func drain(_ generation: PluginGeneration) {
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
        dropFetches(of: generation)
        generation.destroy()
        generation.enter(.retired)
        if let entry = generation.loaded.entry { retired(entry) }
        let count = registry.retire(generation)
        forgetRetired()
        keep(generation)
        tellChange(generation.id, "retired", "generation \(generation.number)")
        guard generation.loaded.entry != nil, count > 0, count % PluginChanges.retiredLimit == 0 else { return }
        log.warning(
            "many retired plugin images are still mapped: plan a rolling restart",
            ["plugin": generation.id, "images": "\(count)"])
    }

    /// [control] A generation that was destroyed stays as long as somebody may still call the host with its pointer: for good when its code is
    /// an image of this process; else until its process is gone, and a while longer.
    func keep(_ generation: PluginGeneration) {
        guard generation.isElsewhere else { return discarded.withLock { $0.append(generation) } }
        // A moment later: a listing may be looking at it. On a worker: it waits for the process's end.
        control.loop.scheduleTask(in: .seconds(1)) {
            let process = generation.takeProcess()
            self.workers.submit { _ in
                process?.stop()
                withExtendedLifetime(process) {}
                self.control.loop.scheduleTask(in: .seconds(10)) { withExtendedLifetime(generation) {} }
            }
        }
    }

    /// An image runs no more. The memory of all such images is given back: soon, and again from time to time, since the Swift runtime
    /// reads in every image that is mapped whenever it meets a new type.
    private func retired(_ entry: UnsafeRawPointer) {
        changes.retiredImages.append(entry)
        control.loop.scheduleTask(in: .milliseconds(300)) { self.releaseImages() }
        guard changes.retiredImages.count == 1 else { return }
        control.loop.scheduleRepeatedTask(initialDelay: .seconds(10), delay: .seconds(10)) { _ in self.releaseImages() }
    }

    private func releaseImages() {
        nonisolated(unsafe) let images = changes.retiredImages
        workers.submit { _ in hostloader_release_images(images, images.count) }
    }

    /// [any] One step of a change, to whoever listens to events.
    func tellChange(_ id: String, _ step: String, _ detail: String) {
        events.emit("plugin.change", ["plugin": .string(id), "step": .string(step), "detail": .string(detail)])
    }
}
