import CSluice
import HostNet
import HostPaths
import NIOCore

/// One plugin's source behind the C table, with its timer. On its run's lane.
final class SourceObject: @unchecked Sendable {
    let generation: PluginGeneration
    let lane: Lane
    private let table: UnsafePointer<sluice_source_interface>
    private weak var run: SourceRun?
    private var pointer: UnsafeMutableRawPointer?
    private var handle: UInt64 = 0
    private var timer: Scheduled<Void>?
    /// A call of the plugin is on the stack: what it says of its end waits.
    private var isCalled = false
    private var end: String?

    /// Nil: the plugin has no such interface.
    init?(_ generation: PluginGeneration, run: SourceRun) {
        guard let table: UnsafePointer<sluice_source_interface> = generation.interface(SLUICE_INTERFACE_SOURCE) else {
            return nil
        }
        self.generation = generation
        self.table = table
        self.run = run
        lane = run.lane
    }

    /// Opens the plugin's source. Nil, or why not.
    func open(_ key: StreamKey, stream: UInt64, settings: String, now: UInt64) -> (text: String, code: Int32)? {
        handle = generation.server.sources.insert(self)
        let arena = TextArena()
        var request = sluice_source_open()
        request.struct_size = UInt32(MemoryLayout<sluice_source_open>.size)
        request.source = handle
        request.stream = stream
        request.app = arena.text(key.app.text)
        request.name = arena.text(key.stream.text)
        request.settings_json = arena.text(settings)
        request.now_ns = now
        var error = sluice_error.make()
        isCalled = true
        let status = withExtendedLifetime(arena) {
            generation.call(.sourceOpen, else: SLUICE_E_CANCELLED) {
                table.pointee.open?(generation.instance, &request, &pointer, &error) ?? SLUICE_E_FAILED
            }
        }
        isCalled = false
        guard status == SLUICE_OK, pointer != nil else {
            pointer = nil
            forget()
            return (error.reason(or: "open failed with status \(status)"), min(status, SLUICE_E_FAILED))
        }
        generation.leases.sources.wrappingAdd(1, ordering: .relaxed)
        return nil
    }

    /// After a call: it may have said that there is no more.
    func finish() {
        guard let end, pointer != nil else { return }
        run?.ended(self, end)
    }

    /// [lane] `sluice.source` set_timer. 0 disarms.
    func setTimer(_ deadline: UInt64) {
        timer?.cancel()
        timer = nil
        guard deadline > 0 else { return }
        let now = generation.server.now
        timer = lane.loop.scheduleTask(in: .nanoseconds(Int64(clamping: deadline &- min(now, deadline)))) { [weak self] in
            guard let self else { return }
            self.fire()
            self.lane.settle()
        }
    }

    /// [lane] `sluice.source` end.
    func ends(_ reason: String) {
        end = reason
        guard !isCalled else { return }
        lane.post { self.finish() }
    }

    private func fire() {
        guard let pointer, let call = table.pointee.timer else { return }
        timer = nil
        var error = sluice_error.make()
        isCalled = true
        let status = generation.call(.sourceTimer, else: SLUICE_E_CANCELLED) { call(pointer, generation.server.now, &error) }
        isCalled = false
        if status < 0 {
            run?.fail(self, error.reason(or: "timer failed with status \(status)"), status)
        } else {
            finish()
        }
    }

    func close(reason: String) {
        guard let pointer else { return }
        self.pointer = nil
        forget()
        BorrowedText.with(reason) { reason in generation.call(.sourceClose) { table.pointee.close?(pointer, reason) } }
        generation.leases.sources.wrappingSubtract(1, ordering: .relaxed)
    }

    private func forget() {
        timer?.cancel()
        timer = nil
        generation.server.sources.remove(handle)
    }
}
