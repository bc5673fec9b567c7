/// What the command line says.
struct Options {
    enum Store: String { case sqlite, mongodb }

    var store: Store
    /// MongoDB's address; empty: a test server in a process of its own.
    var address = ""
    var entries = 1_000_000
    /// Decisions a second, at fixed times.
    var rate = 2000
    var seconds = 10
    /// The highest 99th percentile, in microseconds; 0: none is held.
    var limit = 0

    static let usage = """
        usage: sluice-catalogue sqlite|mongodb [--entries N] [--rate N] [--seconds N] [--limit-us N] [--address mongodb://…]

        Fills a catalogue, starts the Kaltura plugin in its sandboxed process, and asks it at fixed times as the server does when an encoder
        connects: right tokens, wrong ones, unknown entries; each time another entry, so that nothing is remembered. Latency counts from
        the time when a question was due to its answer. --limit-us: exit code 1 when the 99th percentile is above. The plugin's library,
        sluice-runner and mongo-double have to be beside this program. --address: a database that is filled unless it has the entries.

        """

    init?(_ arguments: [String]) {
        var rest = arguments[...]
        guard let store = rest.popFirst().flatMap({ Store(rawValue: $0) }) else { return nil }
        self.store = store
        if store == .mongodb { (entries, rate) = (10_000, 1000) }
        while let name = rest.popFirst() {
            guard let text = rest.popFirst() else { return nil }
            switch (name, Int(text)) {
            case ("--address", _): address = text
            case ("--entries", let value?): entries = max(value, 1)
            case ("--rate", let value?): rate = max(value, 1)
            case ("--seconds", let value?): seconds = max(value, 1)
            case ("--limit-us", let value?): limit = value
            default: return nil
            }
        }
    }
}
