import Dispatch
import Glibc
import HostConfig
import HostCore
import SluiceJSON

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
        let token = try start { try folder.adminToken() }
        let options = ServerOptions(dataFolder: folder.path, portBase: place.portBase)
        let server = try start { try Server(configuration: configuration, options: options, adminToken: token) }
        do {
            try server.start()
            try folder.writeRun(adminPort: server.port("admin") ?? 0, ports: server.openPorts)
        } catch {
            server.stop()
            throw Failure(Exit.failed, String(describing: error))
        }
        let end = DispatchSemaphore(value: 0)
        let sources =
            [SIGINT, SIGTERM].map { number in handle(number) { end.signal() } } + [handle(SIGHUP) { server.reloadCertificates() }]
        end.wait()
        withExtendedLifetime(sources) {
            folder.removeRun()
            server.stop()
        }
        return Exit.good
    }

    private static func start<R>(_ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch {
            throw Failure(Exit.failed, String(describing: error))
        }
    }

    private static func handle(_ number: Int32, _ body: @escaping @Sendable () -> Void) -> any DispatchSourceSignal {
        signal(number, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
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
        defer {
            rmdir(FilePaths.join(scratch, "staged"))
            rmdir(scratch)
        }
        for manifest in report.manifests where manifest.enabled {
            let found = PluginCheck(manifest, configuration: report.configuration, dataFolder: scratch)
            report.pluginSettings += found.settings
            report.errors += found.errors
            if let refusal = found.refusal {
                report.errors.append(ConfigurationError(file: manifest.file, position: nil, message: refusal))
            }
        }
        report.print(json: json)
        return report.errors.isEmpty ? Exit.good : Exit.configuration
    }
}
