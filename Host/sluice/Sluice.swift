// The executable: reads the command line and hands over. `serve` and `check` are the host's (Serve.swift); listings and orders go to a
// running server's admin API; words that are nobody's here are looked up among the plugins' commands.
// It holds no state and knows no plugin.
//
// Exit codes: see `Exit`.

import ArgumentParser
import Glibc
import HostCore

/// `sluice`: the command line.
@main
struct Sluice: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "sluice", abstract: "A live media server in which every protocol is a plugin.",
            discussion: PluginCommandLine.help(for: CommandLine.arguments) + Exit.help,
            version: "sluice \(Server.version), plugin ABI \(Server.abiVersion)",
            subcommands: [
                ServeCommand.self, CheckCommand.self, ReloadCommand.self, PluginCommand.self, AppCommand.self, StreamCommand.self,
                SessionCommand.self,
                EventsCommand.self, NewCommand.self, ConformanceCommand.self,
            ])
    }

    static func main() {
        signal(SIGPIPE, SIG_IGN)
        let line = LeadingOptions(Array(CommandLine.arguments.dropFirst()))
        if let word = line.word, !PluginCommandLine.isOwn(word) {
            Glibc.exit(PluginCommandLine(word: word, arguments: line.behindWord, common: line.common).run())
        }
        if line.word == ConformanceCommand.word { Glibc.exit(ConformanceCommand.run(line.behindWord)) }
        do {
            var command = try parseAsRoot(line.forParser)
            try command.run()
        } catch let failure as Failure {
            Glibc.exit(failure.report())
        } catch {
            exit(withError: error)
        }
    }
}
