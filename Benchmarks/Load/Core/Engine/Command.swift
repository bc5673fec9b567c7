import CLoad

/// The command line.
public enum Command {
    /// Runs what the arguments ask for (the first is the program). Returns the exit status: 0 clean, 1 something failed, 2 usage.
    public static func run(_ arguments: [String]) -> Int32 {
        do {
            switch try Invocation(Array(arguments.dropFirst())) {
            case .help:
                say(Help.text)
                return 0
            case .floor(let options):
                cload_catch_signals()
                _ = cload_raise_descriptor_limit()
                try Floor.run(options)
                return 0
            case .load(let options):
                cload_catch_signals()
                let limit = cload_raise_descriptor_limit()
                guard UInt64(options.count) + 16 <= limit else {
                    throw UsageError("too few file descriptors: the limit is \(limit)")
                }
                return try Run(options: options).run()
            }
        } catch {
            complain("\(error)")
            return 2
        }
    }
}
