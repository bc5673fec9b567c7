import HostIsolation
import SluiceJSON

/// What is heard of plugins' processes.
extension Server {
    /// [any] A plugin's process died, runs again, was given up, or printed something.
    func heard(_ notice: ProcessNotice, of id: String, number: UInt64) {
        var words = ["plugin": id, "generation": "\(number)"]
        var notice = notice
        if case .worker(let key, let inner) = notice {
            words["process"] = key
            notice = inner
            if case .restarted(let pid, 0, let nanoseconds) = inner {
                words["pid"] = "\(pid)"
                words["ms"] = "\(nanoseconds / 1_000_000)"
                return log.info("plugin process begins", words)
            }
            if case .quarantined(let reason) = inner {
                words["reason"] = "\(reason); `sluice plugin restart \(id)` tries again"
                log.error("plugin process quarantined", words)
                return tellProcess(id, "quarantined", "\(key): \(reason)")
            }
        }
        switch notice {
        case .worker: break
        case .output(let line):
            words["line"] = line
            log.info("plugin printed", words)
        case .died(let reason, let milliseconds):
            words["reason"] = reason
            words["again_in_ms"] = "\(milliseconds)"
            log.error("plugin process died", words)
            tellProcess(id, "died", reason)
        case .restarted(let pid, let restarts, let nanoseconds):
            words["pid"] = "\(pid)"
            words["restarts"] = "\(restarts)"
            words["ms"] = "\(nanoseconds / 1_000_000)"
            log.notice("plugin process runs again", words)
            tellProcess(id, "runs again", "pid \(pid)")
            // After quarantine its outputs are closed.
            control.post { self.openOutputs(of: id) }
        case .quarantined(let reason):
            control.post {
                guard self.registry.record(id)?.generation?.number == number else { return }
                self.set(id, .quarantined, "\(reason); `sluice plugin restart \(id)` tries again")
            }
        }
    }

    /// [any] Runs what came from a plugin's process on the lane of its session, sink, transform or source, as a turn of its own. `false`:
    /// that is gone.
    func post(toLaneOf handle: UInt64, _ work: @escaping @Sendable () -> Void) -> Bool {
        if let sink = sinks[handle] {
            sink.stream.lane.post {
                work()
                sink.endOfTurn()
            }
            return true
        }
        if let lane = transforms[handle]?.lane ?? sources[handle]?.lane {
            lane.post(work)
            return true
        }
        guard let session = sessions[handle] else { return false }
        session.lane.post(work)
        return true
    }

    private func tellProcess(_ id: String, _ step: String, _ detail: String) {
        events.emit("plugin.process", ["plugin": .string(id), "step": .string(step), "detail": .string(detail)])
    }
}
