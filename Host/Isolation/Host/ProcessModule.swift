// ProcessModule: a plugin in a process of its own that looks to the host like any other: its `module` is a descriptor whose functions
// are messages to the process. It owns the supervisor's thread and the tables; it never runs plugin code.

import CHostIsolation
import CSluice
import Glibc
import Synchronization

public final class ProcessModule: @unchecked Sendable {
    /// Interfaces that work through a process.
    public static let interfaces: Set<String> = [
        SLUICE_INTERFACE_AUTH, SLUICE_INTERFACE_COMMAND, SLUICE_INTERFACE_OBSERVER, SLUICE_INTERFACE_ROUTES,
        SLUICE_INTERFACE_SELFTEST, SLUICE_INTERFACE_SINK, SLUICE_INTERFACE_PROTOCOL, SLUICE_INTERFACE_HANDOVER,
        SLUICE_INTERFACE_TRANSFORM, SLUICE_INTERFACE_SOURCE,
    ]

    /// Those of them that carry media: they need `ProcessSettings.carriesMedia`.
    public static let mediaInterfaces: Set<String> = [
        SLUICE_INTERFACE_SINK, SLUICE_INTERFACE_PROTOCOL, SLUICE_INTERFACE_TRANSFORM, SLUICE_INTERFACE_SOURCE,
    ]

    /// The descriptor, valid as long as this object. Its functions are called as any library's are: `create` once, then the others.
    public var module: UnsafePointer<sluice_module> { UnsafePointer(tables.module) }

    let supervisor: Supervisor
    let tables: ProxyTables
    /// Of transforms, unless they share the plugin's own.
    let workers: WorkerProcesses?
    private let thread: OwnThread
    private let place: UInt32
    private let stopped = Mutex(false)

    /// Starts the process, hardens it, opens the library in it and asks it for its descriptor.
    ///
    /// Waits for at most `settings.loadMilliseconds`.
    /// - Parameter notify: hears of deaths, restarts, quarantine and printed lines, on the supervisor's thread.
    public static func start(
        _ settings: ProcessSettings, notify: @escaping @Sendable (ProcessNotice) -> Void
    ) throws(ProcessModuleError) -> ProcessModule {
        let supervisor = try Supervisor(settings, notify: notify)
        guard let thread = OwnThread("plugin process", { supervisor.run() }) else { throw .cannotStart("no thread") }
        do throws(ProcessModuleError) {
            let description = try describe(supervisor)
            for interface in description.interfaces where !interfaces.contains(interface) {
                throw .unsupported(interface: interface)
            }
            if !settings.carriesMedia, let media = description.interfaces.first(where: mediaInterfaces.contains) {
                throw .refused("the library offers \(media), which its manifest does not name")
            }
            guard let place = Places.shared.take() else { throw .tooMany }
            let made = ProcessModule(supervisor, thread, ProxyTables(description, place: place), place: place)
            Places.shared.put(made, at: place)
            return made
        } catch {
            Self.stop(supervisor, thread)
            throw error
        }
    }

    private static func describe(_ supervisor: Supervisor) throws(ProcessModuleError) -> ModuleDescription {
        switch supervisor.perform(.start, milliseconds: supervisor.settings.loadMilliseconds) {
        case .lost(let reason): throw .died(reason)
        case .answered(let status, let reason, let rest):
            guard status == SLUICE_OK else { throw .refused(reason) }
            let found = try? rest.withUnsafeBytes { bytes in
                var reader = WireReader(bytes)
                return try ModuleDescription(&reader)
            }
            guard let found else { throw .refused("its description cannot be read") }
            supervisor.shared.withLock { $0.figures.sandbox = found.sandbox }
            supervisor.description = found
            return found
        }
    }

    private init(_ supervisor: Supervisor, _ thread: OwnThread, _ tables: ProxyTables, place: UInt32) {
        self.supervisor = supervisor
        workers = supervisor.settings.sharing == .plugin ? nil : WorkerProcesses(supervisor)
        self.thread = thread
        self.tables = tables
        self.place = place
    }

    deinit {
        stop()
        Places.shared.give(place)
    }

    /// Ends the process and the thread, without the plugin's `destroy`. For a module that will not be used; else `module.destroy` does it.
    public func stop() {
        let isFirst = stopped.withLock { stopped in
            defer { stopped = true }
            return !stopped
        }
        guard isFirst else { return }
        workers?.stop()
        Self.stop(supervisor, thread)
    }

    private static func stop(_ supervisor: Supervisor, _ thread: OwnThread) {
        supervisor.shared.withLock { $0.isStopping = true }
        supervisor.wake()
        if thread.isCurrent { thread.detach() } else { thread.join() }
    }

    /// [any] What a listing shows.
    public var figures: ProcessFigures {
        var figures = supervisor.shared.withLock { shared in
            var figures = shared.figures
            figures.open = shared.open.count
            return figures
        }
        if let now = ChildProcess.figures(pid: figures.pid) {
            figures.residentBytes = now.resident
            figures.cpuNanoseconds = now.cpu
        }
        return figures
    }

    /// [any] The operator's wish: a quarantined process is started again, one that runs is ended and started again.
    public func restart() {
        supervisor.shared.withLock { $0.mayRestart = true }
        supervisor.wake()
        workers?.restart()
    }

    /// [any] The processes of its streams or groups, when it has such.
    public var workerFigures: [(key: String, figures: ProcessFigures)] { workers?.figures ?? [] }
}
