// sluice-runner: hosts one plugin in a process of its own: for a server (--plugin-host), to try a library before the server loads it
// (--probe), to tell what a library is (--describe), to show it its configuration (--configure), or to run one of its commands while no
// server runs.

import Glibc
import HostConfig
import HostCore
import HostIsolation

@main
struct Runner {
    static func main() {
        signal(SIGPIPE, SIG_IGN)
        if CommandLine.arguments.dropFirst().first == "--plugin-host" { PluginHost.run() }
        if CommandLine.arguments.count == 4, CommandLine.arguments[1] == "--probe" {
            exit(PluginProbe.look(at: CommandLine.arguments[2], id: CommandLine.arguments[3]))
        }
        if CommandLine.arguments.count == 3, CommandLine.arguments[1] == "--describe" {
            exit(PluginProbe.describe(CommandLine.arguments[2]))
        }
        if CommandLine.arguments.count == 4, CommandLine.arguments[1] == "--configure" {
            exit(PluginRunner.configure(manifestFile: CommandLine.arguments[2], folder: CommandLine.arguments[3]))
        }
        var manifest = ""
        var data = ""
        var config: String?
        var arguments = CommandLine.arguments.dropFirst()
        while let word = arguments.popFirst(), word != "--" {
            guard let value = arguments.popFirst() else { usage() }
            switch word {
            case "--manifest": manifest = value
            case "--data": data = value
            case "--config": config = value
            default: usage()
            }
        }
        guard !manifest.isEmpty, !data.isEmpty else { usage() }
        var configuration = ServerConfiguration(file: "sluice.toml")
        if let config {
            do {
                configuration = try ConfigurationFiles.server(at: config)
            } catch {
                fail(error.description)
            }
        }
        exit(
            PluginRunner.run(manifestFile: manifest, dataFolder: data, configuration: configuration, arguments: Array(arguments)))
    }

    private static func usage() -> Never {
        fail("usage: sluice-runner --manifest FILE --data DIR [--config FILE] -- ARGUMENT…", code: 64)
    }

    private static func fail(_ text: String, code: Int32 = 1) -> Never {
        let line = Array("sluice-runner: \(text)\n".utf8)
        _ = write(STDERR_FILENO, line, line.count)
        exit(code)
    }
}
