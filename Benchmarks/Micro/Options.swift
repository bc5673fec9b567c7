/// The command line.
struct Options {
    static let usage = """
        usage: sluice-micro [--filter TEXT] [--batches N] [--json] [--check LIMITS.json]
          --filter TEXT   only benchmarks whose name contains TEXT
          --batches N     batches measured of each, at least 7 unless checking (default 9)
          --json          figures as JSON instead of a table
          --check FILE    compare allocation counts with FILE; exit code 1 when one is exceeded
        """

    var filter = ""
    var batches = 9
    var json = false
    var limits: String?

    init(_ arguments: [String]) throws(MicroError) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--filter": filter = try Self.value(of: argument, &rest)
            case "--json": json = true
            case "--check": limits = try Self.value(of: argument, &rest)
            case "--batches":
                let text = try Self.value(of: argument, &rest)
                guard let count = Int(text), count > 0 else { throw .usage("\(text) is no number of batches") }
                batches = count
            default: throw .usage("unknown argument \(argument)")
            }
        }
        if limits == nil { batches = max(7, batches) }
    }

    private static func value(of name: String, _ rest: inout ArraySlice<String>) throws(MicroError) -> String {
        guard let value = rest.popFirst() else { throw .usage("\(name) needs a value") }
        return value
    }
}
