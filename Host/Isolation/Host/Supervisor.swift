// Supervisor: the thread that owns a plugin's process: starts it, reads it, notices its death, starts it again.
//
// What others may touch is behind `shared`; all else belongs to the thread. Nobody waits for the plugin here: the thread waits for
// descriptors and for the next of its own times. The process is not trusted: what it says is checked, what it may cost is bounded.

import CHostIsolation
import CSluice
import Glibc
import Synchronization

final class Supervisor: @unchecked Sendable {
    /// Messages of one second beyond which the process is not read until the next.
    static let messagesPerSecond = 100_000
    /// Questions that wait for a process that is being started again.
    static let heldLimit = 4096
    /// With more early deaths than this, nothing waits for the next start.
    static let heldDeaths = 4

    /// One life's expectation of an answer.
    struct Pending {
        let name: String
        let deadline: UInt64
        let finish: (Operation.Outcome) -> Void
    }

    struct Shared: @unchecked Sendable {
        var figures = ProcessFigures()
        var operations: [Operation] = []
        var open = OpenWork()
        var services: HostServices?
        /// A process of it is in service, or is to be again.
        var isActive = false
        var canHold = true
        var isStopping = false
        var mayRestart = false
        var hasEnded = false
        /// The fields of the last `configure`, for processes that begin later.
        var configuration: [UInt8]?
    }

    let settings: ProcessSettings
    let notify: @Sendable (ProcessNotice) -> Void
    let shared = Monitor(Shared())
    let outbox: Outbox
    /// nil: the plugin has no media interface.
    let media: MediaBorder?
    /// Answers that come by its ring.
    private(set) var bodies: ResponseBodies?
    /// HTTP requests of the process that are under way.
    let fetches = Mutex(HostFetches())
    private let wakeDescriptor: Int32
    let library: Int32

    // The thread's own.
    var child: ChildProcess?
    var assembler = MessageAssembler()
    var output = OutputLines()
    var pending: [UInt64: Pending] = [:]
    var nextID: UInt64 = 1
    var policy = RestartPolicy()
    var restartAt: UInt64?
    var diedAt: UInt64 = 0
    var description: ModuleDescription?
    var interfaces: InterfaceDescription?
    var isCreated = false
    var configuration: [UInt8]?
    var second: (number: UInt64, messages: Int) = (0, 0)
    var ping: (id: UInt64, sent: UInt64)?
    var nextPing: UInt64 = 0
    /// When the ping's answer is looked for.
    private var pingDue: UInt64 = 0
    var processorWait = ProcessorWait()
    var isDestroying = false
    /// Processors that it may run on; empty: all.
    var processors: [UInt32] = []
    /// Asked now and then: nobody needs it any more.
    var isUnneeded: (() -> Bool)?
    var usage = ProcessorUsage()
    /// Metrics that this plugin defined.
    var metrics: Set<UInt64> = []

    /// Opens the library, so that its name may go.
    /// - Parameter first: one that has it open already.
    init(
        _ settings: ProcessSettings, like first: Supervisor? = nil, notify: @escaping @Sendable (ProcessNotice) -> Void
    ) throws(ProcessModuleError) {
        self.settings = settings
        self.notify = notify
        library = first.map { fcntl($0.library, F_DUPFD_CLOEXEC, 16) } ?? hostiso_open(settings.library)
        guard library >= 0 else {
            throw .cannotStart("\(settings.library): \(String(cString: strerror(first == nil ? -library : errno)))")
        }
        let wake = hostiso_eventfd()
        guard wake >= 0 else {
            close(library)
            throw .cannotStart("no event descriptor")
        }
        wakeDescriptor = wake
        let outbox = Outbox { Supervisor.wake(wake) }
        self.outbox = outbox
        media =
            settings.carriesMedia
            ? MediaBorder(outbox: outbox, postToLane: settings.postToLane, wakeSupervisor: { Supervisor.wake(wake) }) : nil
        if let media {
            let bodies = ResponseBodies(self)
            self.bodies = bodies
            media.common = bodies
        }
    }

    deinit {
        close(library)
        close(wakeDescriptor)
    }

    private static func wake(_ descriptor: Int32) {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// [any] The thread looks at what is shared.
    func wake() { Self.wake(wakeDescriptor) }

    // MARK: The thread

    func run() {
        while true {
            takeOperations()
            if isUnneeded?() == true { shared.withLock { $0.isStopping = true } }
            if stopIfWished() { return }
            if let trouble = media?.takeTrouble() { died(trouble) }
            let now = monotonicNanoseconds()
            expire(now)
            restartIfDue(now)
            pingIfDue(now)
            lookAtUsage(now)
            let next = nextTime(now)
            turn(until: next)
            excuse(monotonicNanoseconds(), planned: next)
        }
    }

    /// A machine that stood still, or had no time for this thread, had none for the process either: its times are moved on.
    private func excuse(_ now: UInt64, planned: UInt64) {
        guard now > planned, now &- planned > 50_000_000 else { return }
        let late = now &- planned
        if let ping { self.ping = (ping.id, ping.sent &+ late) }
        pingDue &+= late
        pending = pending.mapValues { Pending(name: $0.name, deadline: $0.deadline &+ late, finish: $0.finish) }
    }

    /// Waits for descriptors until `time`, and does what they bring.
    private func turn(until time: UInt64) {
        let now = monotonicNanoseconds()
        let milliseconds = time > now ? Int32(clamping: (time - now + 999_999) / 1_000_000) : 0
        var wanted = [pollfd(fd: wakeDescriptor, events: Int16(POLLIN), revents: 0)]
        if let child {
            let throttled = second.number == now / 1_000_000_000 && second.messages > Self.messagesPerSecond
            let events = (throttled ? 0 : Int16(POLLIN)) | (outbox.hasWaiting ? Int16(POLLOUT) : 0)
            wanted += [
                pollfd(fd: child.socket, events: events, revents: 0),
                pollfd(fd: child.pidDescriptor, events: Int16(POLLIN), revents: 0),
                pollfd(fd: child.output, events: Int16(POLLIN), revents: 0),
            ]
        }
        guard poll(&wanted, UInt(wanted.count), milliseconds) > 0 else { return }
        if wanted[0].revents != 0 {
            var count: UInt64 = 0
            _ = read(wakeDescriptor, &count, 8)
        }
        guard wanted.count == 4 else { return }
        if wanted[3].revents != 0 { readOutput() }
        if wanted[1].revents & Int16(POLLOUT) != 0 { outbox.flush() }
        let isOver = wanted[2].revents != 0 || wanted[1].revents & Int16(POLLHUP | POLLERR) != 0
        if wanted[1].revents & Int16(POLLIN | POLLHUP) != 0, let reason = readSocket(untilEnd: isOver) {
            return died(reason)
        }
        if isOver { died("") }
    }

    private func nextTime(_ now: UInt64) -> UInt64 {
        var time = now &+ 2_000_000_000
        for entry in pending.values { time = min(time, entry.deadline) }
        if let restartAt { time = min(time, restartAt) }
        if ping != nil { time = min(time, pingDue) }
        if child != nil { time = min(time, nextPing) }
        if child == nil || isStarting, let first = shared.withLock({ $0.operations.map(\.deadline).min() }) {
            time = min(time, first)
        }
        return max(time, now)
    }

    private var isStarting: Bool { shared.withLock { $0.figures.state == .starting || $0.figures.state == .restarting } }

    var busyLimit: UInt64 { UInt64(max(settings.hardMilliseconds, 1)) &* 2_000_000 }

    private func pingIfDue(_ now: UInt64) {
        guard let child, isCreated, pending.isEmpty else {
            ping = nil
            nextPing = now &+ 500_000_000
            return
        }
        if let ping, now >= pingDue {
            processorWait.note(child.pid, at: now)
            let end = ping.sent &+ busyLimit &+ excusedWait(since: ping.sent)
            pingDue = max(end, now &+ 50_000_000)
            if now >= end {
                let busy = (now &- ping.sent) / 1_000_000
                return died("its control thread loops or blocks: no sign of life for \(busy) ms; it was ended")
            }
        }
        guard ping == nil, now >= nextPing else { return }
        nextPing = now &+ 500_000_000
        let id = takeID()
        var writer = WireWriter(.ping, id: id)
        writer.u32(shared.withLock { $0.services }?.logLevels ?? 0)
        // A full outbox is a process that does not read: the ping counts as sent.
        _ = outbox.send(writer.finished())
        processorWait.note(child.pid, at: now)
        (ping, pingDue) = ((id, now), now &+ busyLimit)
    }

    private func lookAtUsage(_ now: UInt64) {
        guard let child, usage.isDue(now), let figures = ChildProcess.figures(pid: child.pid) else { return }
        usage.note(cpu: figures.cpu, at: now)
        shared.withLock { $0.figures.processors = usage.processors }
    }

    /// What a busy machine took from it since then. Bounded, since threads of its own that never rest wait, too.
    func excusedWait(since time: UInt64) -> UInt64 { min(processorWait.since(time), 8 &* busyLimit) }

    func takeID() -> UInt64 {
        nextID &+= 1
        return nextID
    }

    // MARK: Reading

    private func readOutput() {
        guard let child else { return }
        withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { place in
            let count = read(child.output, place.baseAddress, place.count)
            guard count > 0 else { return }
            let bytes = UnsafeRawBufferPointer(rebasing: place[..<count])
            for line in output.receive(bytes, at: monotonicNanoseconds()) { notify(.output(line)) }
        }
    }

    /// Reads what there is, at most a little at a time.
    /// - Returns: why the process has to be ended, or nil.
    private func readSocket(untilEnd: Bool) -> String? {
        guard let child else { return nil }
        var turns = untilEnd ? 64 : 1
        var isAtEnd = false
        while turns > 0, !isAtEnd {
            turns -= 1
            withUnsafeTemporaryAllocation(byteCount: 128 << 10, alignment: 16) { place in
                let count = hostiso_receive(child.socket, place.baseAddress, place.count, 0)
                guard count > 0 else { return isAtEnd = true }
                assembler.receive(UnsafeRawBufferPointer(rebasing: place[..<Int(count)]))
            }
            do {
                while let message = try assembler.next() {
                    count()
                    try receive(message)
                    guard self.child != nil else { return nil }
                }
            } catch {
                return "it sent what it must not: \(error); it was ended"
            }
        }
        return nil
    }

    private func count() {
        let now = monotonicNanoseconds() / 1_000_000_000
        if second.number != now { second = (now, 0) }
        second.messages += 1
    }
}

extension Supervisor {
    /// [any but the thread] Does one thing of the plugin's life and waits for it.
    func perform(
        _ kind: MessageKind, milliseconds: Int, _ fill: @escaping @Sendable (inout WireWriter) -> Void = { _ in }
    ) -> Operation.Outcome {
        let deadline = monotonicNanoseconds() &+ UInt64(max(milliseconds, 1)) &* 1_000_000
        let operation = Operation(kind, deadline: deadline, fill)
        let taken = shared.withLock { shared -> Bool in
            guard !shared.hasEnded, !shared.isStopping else { return false }
            shared.operations.append(operation)
            return true
        }
        guard taken else { return .lost("the plugin has ended") }
        wake()
        return operation.wait()
    }
}
