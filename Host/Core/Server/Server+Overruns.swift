// Calls that take too long: told while they hang, and what the manifest says follows (`[budgets] on_overrun`).
//
// A call that hangs keeps its thread: nothing in this process can end it. Nobody else is given to the plugin meanwhile, and what it had
// on other threads ends at once; what it has on the thread that hangs ends when that comes back. `isolation = "process"` has no such rest.

import HostConfig
import HostNet
import SluiceJSON

extension Server {
    /// [any] A call went over its budget, or came back after it had.
    func overran(_ generation: PluginGeneration, _ overrun: CallOverrun) {
        let words = [
            "plugin": generation.id, "generation": "\(generation.number)", "function": "\(overrun.call.name)",
            "thread": overrun.thread, "ms": "\(overrun.milliseconds)",
        ]
        switch overrun.kind {
        case .soft: return log.notice("plugin call over its soft budget", words)
        case .returned: return tell("plugin call came back", "returned", words)
        case .hangs: tell("plugin call hangs", "hangs", words)
        case .hard: tell("plugin call over its hard budget", "took", words)
        }
        let text = "\(overrun.call.name) \(overrun.kind == .hangs ? "hangs, for" : "took") \(overrun.milliseconds) ms so far"
        generation.trouble(overrun.kind == .hangs ? text : "\(overrun.call.name) took \(overrun.milliseconds) ms")
        guard overrun.call.bound == .budgets else { return }
        let reason = "\(overrun.call.name) went over the hard budget of \(generation.manifest.budgets.hardMilliseconds) ms"
        switch generation.manifest.budgets.onOverrun {
        case .report: break
        case .bypass:
            // Before anybody can be told: the next call of any thread would hang, too.
            generation.budget.close()
            control.post { self.bypass(generation, reason) }
        case .restart: control.post { self.restart(generation, reason) }
        }
    }

    private func tell(_ message: String, _ step: String, _ words: [String: String]) {
        if step == "returned" { log.notice(message, words) } else { log.error(message, words) }
        var object = JSONObject(words.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) })
        object["step"] = .string(step)
        events.emit("plugin.overrun", object)
    }

    /// [control] A generation gets no call any more. What it has ends with words, and the plugin is QUARANTINED unless another generation
    /// of it serves.
    func bypass(_ generation: PluginGeneration, _ reason: String) {
        guard generation.currentPlace != .bypassed, generation.currentPlace != .retired else { return }
        generation.budget.close()
        let id = generation.id
        if let watch = changes.watches[id], watch.new === generation {
            // The one before stands by, whole.
            takeBack(watch, "since \(reason)")
        } else if registry.active(id) === generation {
            if let watch = changes.watches[id] { endWatch(watch.new.id) }
            unregisterRoutes(id)
            registry.setOutput(id, nil)
            set(id, .quarantined, "\(reason); `sluice plugin restart \(id)` tries again")
        }
        changes.draining.removeAll { $0.generation === generation }
        generation.enter(.bypassed)
        abandon(generation, "the plugin \(id) is quarantined")
    }

    /// Ends everything that a generation has, without calling it.
    private func abandon(_ generation: PluginGeneration, _ reason: String) {
        for question in environment.questions(of: generation) { auth.fail(question, reason) }
        commands.fail(generation, reason)
        for handle in timers.handles(where: { $0.generation === generation }) { _ = cancelTimer(handle, of: generation) }
        for routed in exchanges.values where routed.generation === generation {
            if !routed.exchange.refuse(status: 503, reason) { routed.exchange.abort() }
            routed.finish()
        }
        parkedGone(sink: 0, plugin: generation.id)
        end(generation, reason)
    }

    /// [control] A new generation of the same library takes the place of one that hangs; one that does so again and again is bypassed.
    private func restart(_ generation: PluginGeneration, _ reason: String) {
        let id = generation.id
        guard registry.active(id) === generation, changes.busy[id] == nil else { return }
        let now = now
        var times = (changes.restarts[id] ?? []).filter { now &- $0 < 60_000_000_000 }
        guard times.count < PluginChanges.restartLimit else {
            changes.restarts[id] = nil
            // The one before is no better.
            endWatch(id)
            for older in registry.record(id)?.older ?? [] { bypass(older, reason) }
            return bypass(generation, "\(reason), after \(times.count) restarts in a minute")
        }
        times.append(now)
        changes.restarts[id] = times
        log.error(
            "plugin is replaced by a new generation", ["plugin": id, "generation": "\(generation.number)", "reason": reason])
        reload(id) { _ in }
    }

    /// [any] What is wrong with plugins now, one line each; empty: nothing.
    var degradations: [String] {
        let now = now
        return registry.records.filter { $0.manifest != nil }.flatMap { record -> [String] in
            var found: [String] = []
            if [.rejected, .failed, .quarantined].contains(record.state) {
                found.append("\(record.id) is \(record.state.rawValue)")
            }
            for generation in record.older + [record.generation].compactMap(\.self) {
                let budget = generation.budget
                if budget.hangingCalls > 0 {
                    found.append("a call into \(record.id) hangs")
                } else if budget.lastHard != 0, now &- min(budget.lastHard, now) < 60_000_000_000 {
                    found.append("a call into \(record.id) took too long within the last minute")
                }
            }
            return found
        }
    }
}
