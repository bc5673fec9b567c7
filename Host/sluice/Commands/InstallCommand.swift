import ArgumentParser
import Glibc
import HostConfig
import HostCore
import SluiceJSON

/// `sluice plugin install FILE`: a library, with the manifest beside it, into the folder of plugins. A running server loads it at once.
struct InstallCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Puts a library into the folder of plugins.",
        discussion: """
            Looks at the library in a child process, copies it, and writes its manifest last: the one that lies beside it (NAME.toml), \
            else one made from what the library says of itself; always with the library's hash. A manifest that is there already is \
            kept, with the new hash. A server that runs on the folder then loads it, or replaces the code that was there.
            """)
    @OptionGroup var common: CommonOptions
    @Argument(help: "The library, NAME.so.") var file: String
    @Flag(inversion: .prefixedNo, help: "Writes `enabled` into the manifest; without it that stays as it is.") var enable: Bool?

    func run() throws {
        let place = common.place
        let isConfigured = (try? place.configurationFile()) != nil
        let configuration = isConfigured ? try place.configuration() : ServerConfiguration(file: "sluice.toml")
        let installed: PluginInstallation.Installed
        do {
            installed = try PluginInstallation(file: file, folder: configuration.pluginsFolder, enable: enable).run()
        } catch {
            throw Failure(Exit.failed, "nothing was installed: \(Output.safe(error.description))")
        }
        let library = installed.library
        let how = installed.keptManifest ? ", kept as it was" : installed.madeManifest ? ", made from what the library says" : ""
        Output.line("\(library.id) \(Output.safe(library.version)): \(Output.safe(library.summary))")
        Output.line("  library   \(installed.libraryFile) (sha256 \(installed.sha256.prefix(12))…)")
        Output.line("  manifest  \(installed.manifestFile)\(how)")
        guard installed.isEnabled else { return Output.line("  state     not enabled: sluice plugin install --enable") }
        try wait(installed, place)
    }

    /// With a server on the data folder: what became of it there.
    private func wait(_ installed: PluginInstallation.Installed, _ place: ServerPlace) throws {
        guard let server = try? RunningServer.find(in: place.data) else { return }
        let client = AdminClient(server)
        for _ in 0..<100 {
            usleep(100_000)
            guard let found = try? client.get("/api/v1/plugins/\(installed.library.id)"),
                found["sha256"]?.stringValue == installed.sha256, let state = found["state"]?.stringValue
            else { continue }
            let reason = found.cell("reason")
            switch state {
            case "ACTIVE": return Output.line("  state     ACTIVE")
            case "FAILED", "REJECTED", "QUARANTINED", "DISABLED":
                Output.line("  state     \(state)\(reason.isEmpty ? "" : ": " + Output.safe(reason))")
                throw ExitCode(Exit.failed)
            default: continue
            }
        }
        Output.line("  state     the server has not taken it yet: see sluice plugin show \(installed.library.id)")
        throw ExitCode(Exit.failed)
    }
}
