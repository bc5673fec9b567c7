import Dispatch
import Glibc
import HostConfig
import Synchronization

/// The Runner in its smallest form: loads one plugin, configures it, runs one command, ends. No listener, no stream, no other plugin.
public enum PluginRunner {
    /// Runs `sluice-runner --manifest FILE --data DIR [--config FILE] -- argv…`.
    /// - Returns: the command's exit code; 1 when the plugin can't be loaded.
    public static func run(manifestFile: String, dataFolder: String, configuration: ServerConfiguration, arguments: [String])
        -> Int32
    {
        do {
            var manifest = try PluginManifest(
                parsing: String(decoding: Files.read(manifestFile, limit: 1 << 20), as: UTF8.self), file: manifestFile)
            // This is a process of its own.
            manifest.isolation = .host
            let folder = try DataFolder(dataFolder)
            var configuration = configuration
            configuration.threads = 1
            configuration.logLevel = .warning
            configuration.tls = nil
            let server = try Server(
                configuration: configuration, options: ServerOptions(dataFolder: folder.path, portBase: nil), adminToken: "")
            let result = try run(manifest, arguments, server)
            print(result.standardOutput, to: STDOUT_FILENO)
            print(result.standardError, to: STDERR_FILENO)
            return result.exitCode
        } catch {
            print("sluice: \(error)\n", to: STDERR_FILENO)
            return 1
        }
    }

    /// What `sluice-runner --configure MANIFEST FOLDER` does: makes an instance, hands it `[config]`, ends. 0, or 3 with the plugin's objection
    /// on standard output.
    public static func configure(manifestFile: String, folder: String) -> Int32 {
        do {
            var manifest = try PluginManifest(
                parsing: String(decoding: Files.read(manifestFile, limit: 1 << 20), as: UTF8.self), file: manifestFile)
            manifest.isolation = .host
            var configuration = ServerConfiguration(file: "sluice.toml")
            configuration.threads = 1
            configuration.logLevel = .error
            let server = try Server(
                configuration: configuration, options: ServerOptions(dataFolder: try DataFolder(folder).path, portBase: nil),
                adminToken: "")
            let loading = PluginLoading(
                manifest: manifest, dataFolder: server.options.dataFolder, requireHash: false, hostVersion: Server.version)
            try server.control.sync { [manifest] in
                let generation = try loading.load(manifest, number: 1, server: server) { _ in }
                defer { generation.destroy() }
                try loading.configure(generation)
            }
            return 0
        } catch {
            print((error as? PluginFailure)?.text ?? String(describing: error), to: STDOUT_FILENO)
            return PluginProbe.refusedCode
        }
    }

    private static func run(_ manifest: PluginManifest, _ arguments: [String], _ server: Server) throws -> PluginCommandResult {
        let loading = PluginLoading(
            manifest: manifest, dataFolder: server.options.dataFolder, requireHash: server.configuration.requireHash,
            hostVersion: Server.version)
        let generation = try server.control.sync {
            let generation = try loading.load(manifest, number: 1, server: server) { _ in }
            try loading.configure(generation)
            return generation
        }
        let done = DispatchSemaphore(value: 0)
        let answer = Mutex(PluginCommandResult(exitCode: 1, standardOutput: "", standardError: ""))
        server.control.post {
            server.commands.run(generation, arguments, on: server.control.loop) { result in
                answer.withLock { $0 = result }
                done.signal()
            }
        }
        done.wait()
        try server.control.sync { generation.destroy() }
        return answer.withLock { $0 }
    }

    private static func print(_ text: String, to descriptor: Int32) {
        let bytes = Array(text.utf8)
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: written), bytes.count - written) }
            guard count > 0 else { return }
            written += count
        }
    }
}
