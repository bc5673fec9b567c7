// WorkerProcesses: the processes that a plugin has for its transforms, one for each stream or group (`process_per`).
//
// One begins with the first transform of its key and ends a while after the last. Deaths and quarantine are each one's own.

import CHostIsolation
import CSluice
import Glibc
import Synchronization

final class WorkerProcesses: @unchecked Sendable {
    /// One process; what it serves is counted under the lock.
    private final class Worker: @unchecked Sendable {
        let supervisor: Supervisor
        var thread: OwnThread?
        var objects = 0
        /// When the last object was closed.
        var idleSince: UInt64 = 0

        init(_ supervisor: Supervisor) { self.supervisor = supervisor }
    }

    private struct State {
        var workers: [String: Worker] = [:]
        /// They end, or have ended, and are to be joined.
        var ending: [Worker] = []
        var isOver = false
        var begun = 0
    }

    /// Why there is none.
    struct Refusal: Error {
        let reason: String
    }

    /// How long one without transforms stays: an encoder reconnects.
    static let idleTime: UInt64 = 5_000_000_000
    /// How long a quarantined one is remembered when nobody restarts it.
    static let quarantineTime: UInt64 = 60_000_000_000
    static let limit = 256

    private let first: Supervisor
    private let state = Mutex(State())

    init(_ first: Supervisor) { self.first = first }

    // MARK: Transforms

    /// [any] The media side of the process of that key, which is started if there is none. Given back by `release`.
    func take(_ key: String, services: HostServices) -> Result<MediaBorder, Refusal> {
        join()
        return state.withLock { state in
            guard !state.isOver else { return .failure(Refusal(reason: "the plugin's process does not run")) }
            if let worker = state.workers[key] {
                let figures = worker.supervisor.shared.withLock { $0.figures }
                guard figures.state != .quarantined else {
                    return .failure(Refusal(reason: "the process of \(key) is quarantined: \(figures.lastDeath)"))
                }
                guard let border = worker.supervisor.media else { return .failure(Refusal(reason: "it has no media")) }
                worker.objects += 1
                return .success(border)
            }
            if let reason = noRoom(state) { return .failure(Refusal(reason: reason)) }
            do {
                return .success(try begin(key, services, &state))
            } catch {
                return .failure(Refusal(reason: "\(error)"))
            }
        }
    }

    /// [any] A transform was closed.
    func release(_ key: String) {
        let worker = state.withLock { state -> Worker? in
            guard let worker = state.workers[key] else { return nil }
            worker.objects -= 1
            guard worker.objects == 0 else { return nil }
            worker.idleSince = monotonicNanoseconds()
            return worker
        }
        worker?.supervisor.wake()
    }

    private func begin(_ key: String, _ services: HostServices, _ state: inout State) throws -> MediaBorder {
        let notify = first.notify
        let supervisor = try Supervisor(first.settings, like: first) { notify(.worker(key, $0)) }
        guard let media = supervisor.media else { throw ProcessModuleError.cannotStart("no media") }
        let worker = Worker(supervisor)
        let configuration = first.shared.withLock { $0.configuration }
        supervisor.begin(
            like: (first.description, first.interfaces, configuration), services: services, processors: processors(state.begun)
        ) { [weak self, unowned worker] in self?.isUnneeded(key, worker) ?? true }
        guard let thread = OwnThread("worker process", { supervisor.run() }) else {
            throw ProcessModuleError.cannotStart("no thread")
        }
        worker.thread = thread
        worker.objects = 1
        state.begun += 1
        state.workers[key] = worker
        return media
    }

    /// [its own thread] Whether it is over; from then on it is not found.
    private func isUnneeded(_ key: String, _ worker: Worker) -> Bool {
        let isQuarantined = worker.supervisor.shared.withLock { $0.figures.state == .quarantined }
        return state.withLock { state in
            guard worker.objects == 0, state.workers[key] === worker else { return false }
            let idle = monotonicNanoseconds() &- worker.idleSince
            guard idle >= (isQuarantined ? Self.quarantineTime : Self.idleTime) else { return false }
            state.workers[key] = nil
            state.ending.append(worker)
            return true
        }
    }

    /// Joins those that have ended.
    private func join() {
        let ended = state.withLock { state in
            let ended = state.ending.filter { worker in worker.supervisor.shared.withLock { $0.hasEnded } }
            state.ending.removeAll { worker in ended.contains { $0 === worker } }
            return ended
        }
        for worker in ended { worker.thread?.join() }
    }

    // MARK: Processors

    private static let processorsThere: [UInt32] = {
        var list = [UInt32](repeating: 0, count: 1024)
        let count = list.withUnsafeMutableBufferPointer { hostiso_processors($0.baseAddress, UInt32($0.count)) }
        return Array(list.prefix(Int(count)))
    }()

    /// Those of the so-manieth process: the next ones, round and round.
    private func processors(_ number: Int) -> [UInt32] {
        let (all, each) = (Self.processorsThere, first.settings.processorsEach)
        guard each > 0, each < all.count else { return [] }
        return (0..<each).map { all[(number &* each &+ $0) % all.count] }
    }

    /// Why another process would take from those that run what they need; nil: there is room. One that has not run for long is taken for
    /// the dearest of the others.
    private func noRoom(_ state: State) -> String? {
        guard state.workers.count < Self.limit else { return "\(Self.limit) processes of the plugin run already" }
        let used = state.workers.values.map { worker in worker.supervisor.shared.withLock { $0.figures.processors } }
        let all = 0.9 * Double(max(Self.processorsThere.count, 1))
        return Self.noRoom(used, together: first.settings.processorsTogether > 0 ? first.settings.processorsTogether : all)
    }

    /// - Parameter used: processors that each uses; nil: not known yet.
    static func noRoom(_ used: [Double?], together limit: Double) -> String? {
        guard let dearest = used.compactMap({ $0 }).max() else { return nil }
        let sum = used.reduce(0) { $0 + ($1 ?? dearest) }
        guard sum + dearest > limit else { return nil }
        return "no room: \(used.count) use \(tenths(sum)) of \(tenths(limit)) processors, one of them \(tenths(dearest))"
    }

    private static func tenths(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)"
    }

    // MARK: All of them

    /// [any] For listings, by key.
    var figures: [(key: String, figures: ProcessFigures)] {
        let all = state.withLock { $0.workers.map { ($0.key, $0.value.supervisor, $0.value.objects) } }
        return all.sorted { $0.0 < $1.0 }.map { key, supervisor, objects in
            var figures = supervisor.shared.withLock { $0.figures }
            figures.open = objects
            if let now = ChildProcess.figures(pid: figures.pid) {
                figures.residentBytes = now.resident
                figures.cpuNanoseconds = now.cpu
            }
            return (key, figures)
        }
    }

    /// [any] The operator's wish.
    func restart() {
        for supervisor in state.withLock({ $0.workers.values.map(\.supervisor) }) {
            supervisor.shared.withLock { $0.mayRestart = true }
            supervisor.wake()
        }
    }

    /// [control] A changed configuration.
    func configure(_ fields: [UInt8]) {
        for supervisor in state.withLock({ $0.workers.values.map(\.supervisor) }) { supervisor.leave(configuration: fields) }
    }

    /// [control] All end; returns when they have.
    func stop() {
        let all = state.withLock { state -> [Worker] in
            state.isOver = true
            defer { (state.workers, state.ending) = ([:], []) }
            return Array(state.workers.values) + state.ending
        }
        for worker in all {
            worker.supervisor.shared.withLock { $0.isStopping = true }
            worker.supervisor.wake()
        }
        for worker in all { worker.thread?.join() }
    }
}
