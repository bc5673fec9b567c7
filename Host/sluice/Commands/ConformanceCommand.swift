import ArgumentParser
import ConformCommand

/// `sluice conform LIBRARY`: the conformance kit's, options and all; it is told here only so that `sluice --help` lists it.
struct ConformanceCommand: ParsableCommand {
    static let word = "conform"
    static let configuration = CommandConfiguration(
        commandName: word, abstract: "Puts a plugin's library before a hostile host and says what it is good for.")

    @Argument(parsing: .captureForPassthrough, help: "See sluice conform --help.")
    var arguments: [String] = []

    func run() throws { throw ExitCode(Self.run(arguments)) }

    /// - Returns: the exit code.
    static func run(_ arguments: [String]) -> Int32 { ConformCommand.run(arguments, behind: [word]) }
}
