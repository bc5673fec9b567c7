import Dispatch
import Glibc
import HostConfig
import HostCore
import SluiceJSON
import Synchronization

/// What `sluice serve` and `sluice check` run.
enum ServeEntry {
    /// Serves until it is told to stop.
    /// - Returns: the exit code.
    static func serve(_ place: ServerPlace) throws -> Int32 {
        signal(SIGPIPE, SIG_IGN)
        let configuration = try place.configuration()
        let folder = try start { try DataFolder(place.data) }
        try start { try folder.takeForServer() }
        raiseDescriptorLimit()
        let mark = folder.takeCrashMark()
        try start { try folder.leaveCrashMark() }
        let token = try start { try folder.adminToken() }
        let notify = NotifySocket(environment: environment)
        let options = ServerOptions(
            dataFolder: folder.path, portBase: place.portBase, notify: notify, sockets: PassedSockets(environment: environment))
        // Meant for this process, not for those that it starts.
        for name in ["NOTIFY_SOCKET", "WATCHDOG_PID", "WATCHDOG_USEC", "LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] {
            unsetenv(name)
        }
        let server = try start { try Server(configuration: configuration, options: options, adminToken: token) }
        if let mark { server.take(mark) }
        // Before anybody can know that the server is there: a signal never finds the process unprepared.
        let sources = handleSignals(server, folder)
        do {
            try server.start()
            try folder.writeRun(adminPort: server.port("admin") ?? 0, ports: server.openPorts)
        } catch {
            server.stop()
            throw Failure(Exit.failed, String(describing: error))
        }
        notify?.send("READY=1", "MAINPID=\(getpid())", "STATUS=Serving")
        let watchdog = notify.flatMap { watch(server, $0) }
        isServing.store(true, ordering: .sequentiallyConsistent)
        if isReloadWanted.load(ordering: .sequentiallyConsistent) { server.reload() }
        withExtendedLifetime((sources, watchdog)) {
            told.wait()
            server.drain()
            folder.removeRun()
            server.stop()
        }
        return Exit.good
    }

    private static func environment(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

    /// Signalled by the first SIGTERM or SIGINT.
    private static let told = DispatchSemaphore(value: 0)
    private static let isTold = Atomic<Bool>(false)
    private static let isServing = Atomic<Bool>(false)
    /// SIGHUP came while the server was starting.
    private static let isReloadWanted = Atomic<Bool>(false)

    /// SIGTERM, SIGINT: refuse new work, let publishers finish, end; the second one ends the process where it stands, with the same
    /// status, as a supervisor that asked twice has what it asked for. SIGHUP: configuration and certificate again.
    private static func handleSignals(_ server: Server, _ folder: DataFolder) -> [any DispatchSourceSignal] {
        let queue = DispatchQueue(label: "signals")
        nonisolated(unsafe) let folder = folder
        let stops = [SIGINT, SIGTERM].map { number in
            handle(number, on: queue) {
                guard isTold.exchange(true, ordering: .relaxed) else {
                    told.signal()
                    return
                }
                folder.removeRun()
                _exit(Exit.good)
            }
        }
        let reload = handle(SIGHUP, on: queue) {
            isReloadWanted.store(true, ordering: .sequentiallyConsistent)
            if isServing.load(ordering: .sequentiallyConsistent) { server.reload() }
        }
        return stops + [reload]
    }

    /// Tells the manager that the process lives for as long as every loop turns.
    private static func watch(_ server: Server, _ notify: NotifySocket) -> (any DispatchSourceTimer)? {
        guard let period = notify.watchdogMicroseconds else { return nil }
        let timer = DispatchSource.makeTimerSource(queue: DispatchQueue(label: "watchdog"))
        let step = Int(clamping: max(period / 4, 1000))
        timer.schedule(deadline: .now(), repeating: .microseconds(step))
        timer.setEventHandler {
            if server.liveness.stuck(for: period / 2 * 1000).isEmpty { notify.send("WATCHDOG=1") }
            server.liveness.ask()
        }
        timer.resume()
        return timer
    }

    private static func start<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch {
            throw Failure(Exit.failed, String(describing: error))
        }
    }

    private static func handle(
        _ number: Int32, on queue: DispatchQueue, _ body: @escaping @Sendable () -> Void
    ) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
        source.setEventHandler(handler: body)
        source.resume()
        return source
    }

    /// A viewer is a descriptor: take as many as the system allows.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }

    /// Checks configuration, manifests and libraries without starting anything, and prints what holds.
    /// - Returns: the exit code.
    static func check(_ place: ServerPlace, json: Bool) throws -> Int32 {
        var report = try CheckReport(place)
        let scratch = FilePaths.join(getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp", "sluice-check-\(getpid())")
        defer { remove(scratch, report.manifests.map(\.id)) }
        for manifest in report.manifests where manifest.enabled {
            let found = PluginCheck(
                manifest, configuration: report.configuration, dataFolder: scratch, home: place.data)
            report.pluginSettings += found.settings
            report.errors += found.errors
            if let refusal = found.refusal {
                report.errors.append(ConfigurationError(file: manifest.file, position: nil, message: refusal))
            }
        }
        report.print(json: json)
        return report.errors.isEmpty ? Exit.good : Exit.configuration
    }

    /// Removes what checking made: folders, which are empty.
    private static func remove(_ scratch: String, _ ids: [String]) {
        let plugins = FilePaths.join(scratch, "plugins")
        for folder in ids.map({ FilePaths.join(plugins, $0) }) + [plugins, FilePaths.join(scratch, "staged"), scratch] {
            rmdir(folder)
        }
    }
}
