import CHostIsolation
import CSluice
import Glibc

/// Start, death, and the next start.
extension Supervisor {
    // MARK: Operations of the host

    func takeOperations() {
        let taken = shared.withLock { shared -> [Operation] in
            switch shared.figures.state {
            case .restarting: return []
            default:
                defer { shared.operations = [] }
                return shared.operations
            }
        }
        for operation in taken { begin(operation) }
    }

    private func begin(_ operation: Operation) {
        if operation.kind == .start { return start(operation) }
        guard child != nil else {
            return operation.finish(
                .lost(shared.withLock { $0.figures.lastDeath.isEmpty ? "it does not run" : $0.figures.lastDeath }))
        }
        // From here on a death is not followed by a start.
        if operation.kind == .destroy { isDestroying = true }
        if operation.kind == .deactivate { shared.withLock { $0.isActive = false } }
        let id = takeID()
        var writer = WireWriter(operation.kind, id: id)
        operation.fill(&writer)
        let fields = Array(writer.bytes[Message.headerSize...])
        expect(id, "\(operation.kind)", operation.deadline) { [unowned self] outcome in
            if case .answered(SLUICE_OK, _, _) = outcome { self.note(operation.kind, fields) }
            operation.finish(outcome)
        }
        guard outbox.send(writer.finished()) else {
            pending[id] = nil
            return operation.finish(.lost("the message is larger than 1 MiB, or too much waits for the process"))
        }
    }

    /// What a new process has to be told again.
    private func note(_ kind: MessageKind, _ fields: [UInt8]) {
        switch kind {
        case .create: isCreated = true
        case .configure:
            configuration = fields
            shared.withLock { $0.configuration = fields }
        case .activate:
            shared.withLock {
                $0.isActive = true
                $0.figures.state = .running
            }
            media?.open()
        case .destroy: isCreated = false
        default: break
        }
    }

    func expect(_ id: UInt64, _ name: String, _ deadline: UInt64, _ finish: @escaping (Operation.Outcome) -> Void) {
        pending[id] = Pending(name: name, deadline: deadline, finish: finish)
    }

    /// Ends the process when an operation is over its time, and lets go of operations that waited too long for a process.
    func expire(_ now: UInt64) {
        if let late = pending.values.first(where: { $0.deadline <= now }) {
            died("it did not end \(late.name) in time; it was ended")
        }
        let late = shared.withLock { shared -> [Operation] in
            shared.open.expire(now)
            let late = shared.operations.filter { $0.deadline <= now }
            if !late.isEmpty { shared.operations.removeAll { $0.deadline <= now } }
            return late
        }
        for operation in late { operation.finish(.lost("it is being started again")) }
    }

    // MARK: Starting

    private var loadDeadline: UInt64 { monotonicNanoseconds() &+ UInt64(max(settings.loadMilliseconds, 1)) &* 1_000_000 }

    /// The first start.
    private func start(_ operation: Operation) {
        do throws(ProcessModuleError) {
            try spawn(deadline: operation.deadline) { operation.finish($0) }
        } catch {
            operation.finish(.lost(error.description))
        }
    }

    private func spawn(
        deadline: UInt64, _ described: @escaping (Operation.Outcome) -> Void
    ) throws(ProcessModuleError) {
        let made = try launch()
        child = made
        assembler = MessageAssembler()
        output = OutputLines()
        ping = nil
        processorWait.forget()
        usage = ProcessorUsage()
        outbox.attach(made.socket)
        shared.withLock { $0.figures.pid = made.pid }
        let order = StartOrder(
            hostVersion: settings.hostVersion, parent: getpid(), readable: settings.readable,
            writable: [settings.dataFolder] + settings.writable, memoryBytes: settings.memoryBytes,
            connectPorts: settings.connectPorts, requiresSandbox: settings.requiresSandbox, carriesMedia: media != nil,
            nice: Int32(clamping: settings.nice), processors: processors)
        let id = takeID()
        expect(id, "start", deadline, described)
        _ = outbox.send(order.message(id: id))
    }

    private func launch() throws(ProcessModuleError) -> ChildProcess {
        guard let media else { return try ChildProcess.start(runner: settings.runner, library: library) }
        do {
            let rings = try media.prepare()
            return try ChildProcess.start(runner: settings.runner, library: library, media: rings.descriptors)
        } catch {
            media.end("it could not be started")
            throw error as? ProcessModuleError ?? .cannotStart("\(error)")
        }
    }

    func restartIfDue(_ now: UInt64) {
        restartIfWished(now)
        guard let due = restartAt, due <= now, child == nil else { return }
        restartAt = nil
        do throws(ProcessModuleError) {
            try spawn(deadline: loadDeadline) { [unowned self] outcome in
                self.step(outcome, "start") { rest in
                    var reader = rest
                    guard try ModuleDescription(&reader) == self.description else { return "it describes itself differently" }
                    self.recreate()
                    return nil
                }
            }
        } catch {
            decide(life: 0, error.description)
        }
    }

    /// The operator's wish, which forgets earlier deaths.
    private func restartIfWished(_ now: UInt64) {
        let (isWished, state) = shared.withLock { shared in
            defer { shared.mayRestart = false }
            return (shared.mayRestart, shared.figures.state)
        }
        guard isWished else { return }
        policy = RestartPolicy()
        if state == .running {
            died("the operator restarts it")
            policy = RestartPolicy()
        } else if state == .quarantined {
            diedAt = now
            restartAt = now
            shared.withLock { $0.figures.state = .restarting }
        }
    }

    private func recreate() {
        guard let services = shared.withLock({ $0.services }) else { return }
        let folder = settings.dataFolder
        tell(.create, "create", { Self.fillCreate(&$0, services, folder) }) { [unowned self] rest in
            var reader = rest
            guard try InterfaceDescription(&reader) == self.interfaces else { return "its interfaces are different" }
            self.reconfigure()
            return nil
        }
    }

    private func reconfigure() {
        guard let configuration else { return reactivate() }
        tell(.configure, "configure", { $0.fields(configuration) }) { [unowned self] _ in
            self.reactivate()
            return nil
        }
    }

    private func reactivate() {
        tell(.activate, "activate", { _ in }) { [unowned self] _ in
            self.isBack()
            return nil
        }
    }

    static func fillCreate(_ writer: inout WireWriter, _ services: HostServices, _ folder: String) {
        writer.text(folder)
        writer.texts(services.granted)
    }

    /// One step of a restart; `next` answers with the reason why it went wrong, or nil.
    private func tell(
        _ kind: MessageKind, _ name: String, _ fill: (inout WireWriter) -> Void, _ next: @escaping (WireReader) throws -> String?
    ) {
        let id = takeID()
        var writer = WireWriter(kind, id: id)
        fill(&writer)
        expect(id, name, loadDeadline) { [unowned self] outcome in self.step(outcome, name, next) }
        _ = outbox.send(writer.finished())
    }

    private func step(_ outcome: Operation.Outcome, _ name: String, _ next: (WireReader) throws -> String?) {
        // Lost: `died` is at work already.
        guard case .answered(let status, let reason, let rest) = outcome else { return }
        var trouble: String?
        if status != SLUICE_OK {
            trouble = "\(name): \(reason)"
        } else {
            do { trouble = try rest.withUnsafeBytes { try next(WireReader($0)) } } catch { trouble = "\(name): \(error)" }
        }
        if let trouble { died(trouble) }
    }

    private func isBack() {
        let now = monotonicNanoseconds()
        let (pid, restarts, held) = shared.withLock { shared -> (Int32, Int, [OpenWork.Held]) in
            shared.figures.state = .running
            shared.figures.restarts += 1
            let held = shared.open.held
            shared.open.held = []
            for entry in held { shared.open.questions[entry.question] = now &+ OpenWork.patience }
            return (shared.figures.pid, shared.figures.restarts, held)
        }
        for entry in held { _ = outbox.send(entry.message) }
        media?.isBack()
        notify(.restarted(pid: pid, restarts: restarts, nanoseconds: now &- diedAt))
    }

    // MARK: The end

    /// The process has ended, or has to. What it had is answered at once by the failure policy of each.
    func died(_ reason: String) {
        guard let child else { return }
        self.child = nil
        // First: what is asked from here on waits for the next process.
        shared.withLock { if $0.isActive, $0.figures.state == .running { $0.figures.state = .restarting } }
        outbox.detach()
        drainOutput(child)
        let life = monotonicNanoseconds() &- child.started
        let ending = child.finish()
        var text = reason.isEmpty ? ending : reason
        if !output.last.isEmpty { text += "; its last words: \(output.last)" }
        let wasStopping = isDestroying
        let (services, open) = shared.withLock { shared in
            shared.figures.pid = 0
            shared.figures.processors = nil
            shared.figures.lastDeath = wasStopping ? shared.figures.lastDeath : text
            if shared.figures.state == .running { shared.figures.state = .restarting }
            return (shared.services, shared.open.takeAll())
        }
        media?.end("the plugin's process died: \(text)")
        if let services {
            open.fail(services, "the plugin's process died: \(text)")
            dropFetches(services)
        }
        let lost = pending.values
        pending = [:]
        ping = nil
        for entry in lost { entry.finish(.lost(text)) }
        decide(life: life, text)
    }

    private func drainOutput(_ child: ChildProcess) {
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { place in
            var turns = 8
            while turns > 0 {
                turns -= 1
                let count = read(child.output, place.baseAddress, place.count)
                guard count > 0 else { break }
                let bytes = UnsafeRawBufferPointer(rebasing: place[..<count])
                for line in output.receive(bytes, at: monotonicNanoseconds()) { notify(.output(line)) }
            }
        }
        if let line = output.end(at: monotonicNanoseconds()) { notify(.output(line)) }
    }

    /// Once more, or never again.
    private func decide(life: UInt64, _ text: String) {
        let isActive = shared.withLock { $0.isActive }
        guard isActive, !isDestroying else {
            shared.withLock { $0.figures.state = isDestroying ? .ended : .failed }
            media?.giveUp("the plugin has ended")
            return
        }
        diedAt = monotonicNanoseconds()
        switch policy.died(afterNanoseconds: life) {
        case .again(let delay):
            restartAt = diedAt &+ delay
            shared.withLock {
                $0.figures.state = .restarting
                $0.canHold = policy.earlyDeaths < Self.heldDeaths
            }
            failHeldIfHopeless(text)
            notify(.died(reason: text, restartInMilliseconds: Int(delay / 1_000_000)))
        case .quarantine:
            shared.withLock {
                $0.figures.state = .quarantined
                $0.canHold = true
            }
            failHeld("the plugin is quarantined: \(text)")
            media?.giveUp("the plugin is quarantined: \(text)")
            notify(.quarantined(reason: "\(policy.deathLimit) deaths within 10 s of their start; the last: \(text)"))
        }
    }

    private func failHeldIfHopeless(_ text: String) {
        if !shared.withLock({ $0.canHold }) { failHeld("the plugin's process died: \(text)") }
    }

    private func failHeld(_ reason: String) {
        let (services, held) = shared.withLock { shared in
            defer { shared.open.held = [] }
            return (shared.services, shared.open.held)
        }
        for entry in held { services?.fail(question: entry.question, reason) }
    }

    /// The end of the module: the process goes, then the thread.
    func stopIfWished() -> Bool {
        guard shared.withLock({ $0.isStopping }) else { return false }
        isDestroying = true
        died("")
        failHeld("the plugin has ended")
        let left = shared.withLock { shared -> [Operation] in
            defer { shared.operations = [] }
            shared.figures.state = .ended
            shared.hasEnded = true
            shared.services = nil
            return shared.operations
        }
        for operation in left { operation.finish(.lost("the plugin has ended")) }
        return true
    }
}
