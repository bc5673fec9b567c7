import ArgumentParser

/// `sluice serve`.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Runs the server until it is told to stop (SIGINT, SIGTERM; a second one does not wait for publishers).")

    @OptionGroup var common: CommonOptions

    func run() throws { throw ExitCode(try ServeEntry.serve(common.place)) }
}

/// `sluice check`.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Reads configuration and manifests without starting anything, and prints what would hold.")

    @OptionGroup var common: CommonOptions
    @Flag(help: "Prints JSON.") var json = false

    func run() throws { throw ExitCode(try ServeEntry.check(common.place, json: json)) }
}
