import Conformance
import Glibc

/// `sluice conform LIBRARY …`: what stands behind the word.
public enum ConformCommand {
    public static let usage = """
        usage: sluice conform LIBRARY [--level loads|conforms|robust|reloadable] [--manifest FILE]
                              [--format text|json|junit] [--match CASE] [--seed N] [--capture FILE]
                              [--reloads N] [--list]

        Puts a plugin before a hostile host, each case in a process of its own.
          --level      what it is judged for; default conforms
          --manifest   the plugin's manifest: default NAME.toml beside NAME.so, if there is one
          --match      only cases whose names contain this
          --seed       where random bytes begin; a failing case prints the one to use
          --capture    a client's bytes as they came, for protocols
          --reloads    how often life.reload-1000 reloads; default 1000
          --list       the cases of the level, without running any
        Exit codes: 0 all good, 1 a case failed, 2 the library or manifest cannot be read, 64 wrong usage.

        """

    private static let failed: Int32 = 1
    private static let unreadable: Int32 = 2
    private static let wrongUsage: Int32 = 64

    /// Runs the command.
    /// - Parameters:
    ///   - arguments: behind the word `conform`.
    ///   - words: what this executable has to be given so that it comes here with the arguments that follow: `["conform"]`. Each case
    ///     runs in a process of its own, which is this executable again.
    /// - Returns: the exit code.
    public static func run(_ arguments: [String], behind words: [String] = []) -> Int32 {
        if arguments.first == "--child" { return Conformance.child(Array(arguments.dropFirst())) }
        if arguments.contains("--help") || arguments.contains("-h") {
            write(usage, to: 1)
            return 0
        }
        do {
            return try judge(ConformOptions(arguments), words + ["--child"])
        } catch let error as ConformOptions.Wrong {
            write("sluice conform: \(error.text)\n\(usage)", to: 2)
            return wrongUsage
        } catch {
            write("sluice conform: \(error)\n", to: 2)
            return unreadable
        }
    }

    private static func judge(_ options: ConformOptions, _ words: [String]) throws -> Int32 {
        if options.list {
            for known in Case.all where known.level <= options.level {
                write("\(known.name) (\(known.level.name)): \(known.asks)\n", to: 1)
            }
            return 0
        }
        var conformance = try Conformance(
            library: options.library, manifest: try options.readManifest(), seed: options.seed, child: .own(words))
        conformance.level = options.level
        conformance.match = options.match
        conformance.capture = try options.readableCapture()
        if let reloads = options.reloads { conformance.reloads = reloads }
        let isTerminal = isatty(2) == 1
        let report = try conformance.run { result in
            if isTerminal { write("\r\u{1B}[K\(result.name) \(result.outcome.rawValue)", to: 2) }
        }
        if isTerminal { write("\r\u{1B}[K", to: 2) }
        switch options.format {
        case .text: write(report.text, to: 1)
        case .json: write(report.json, to: 1)
        case .junit: write(report.junit, to: 1)
        }
        return report.passed ? 0 : failed
    }

    private static func write(_ text: String, to descriptor: Int32) {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let done = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if done < 0, errno == EINTR { continue }
            guard done > 0 else { return }
            rest = rest.dropFirst(done)
        }
    }
}
