import Synchronization

/// Counters, gauges and histograms of the host and its plugins, and their Prometheus text.
final class MetricsRegistry: Sendable {
    enum Kind: UInt32, Sendable {
        case counter = 1
        case gauge, histogram

        var name: String {
            switch self {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        }
    }

    /// Upper bounds of histograms, seconds.
    static let bounds: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
    private static let perOwner = 256

    /// One time series. Short lock per record: plugins record per decision or request, never per frame and player.
    final class Series: Sendable {
        struct Value: Sendable {
            var sum = 0.0
            var count: UInt64 = 0
            var buckets: [UInt64] = []
        }

        let kind: Kind
        let name: String
        let labels: String
        let help: String
        let owner: String
        private let value = Mutex(Value())

        init(kind: Kind, name: String, labels: String, help: String, owner: String) {
            self.kind = kind
            self.name = name
            self.labels = labels
            self.help = help
            self.owner = owner
        }

        func record(_ number: Double) {
            guard number.isFinite else { return }
            value.withLock { value in
                switch kind {
                case .counter: if number > 0 { value.sum += number }
                case .gauge: value.sum = number
                case .histogram:
                    if value.buckets.isEmpty { value.buckets = Array(repeating: 0, count: MetricsRegistry.bounds.count) }
                    value.sum += number
                    value.count += 1
                    for (index, bound) in MetricsRegistry.bounds.enumerated() where number <= bound { value.buckets[index] += 1 }
                }
            }
        }

        var current: Value { value.withLock { $0 } }
    }

    private let series = HandleTable<Series>(kind: HandleKind.metric, limit: 16384)
    private let known = Mutex<[String: UInt64]>([:])

    /// A series of `sluice_OWNER_NAME`, or the one that is there; nil beyond the owner's bound or for a bad name.
    func define(_ kind: Kind, owner: String, name: String, help: String, labels: [(String, String)]) -> UInt64? {
        let full = "sluice_\(owner.replacing("-", with: "_"))_\(name)"
        return define(kind, fullName: full, owner: owner, help: help, labels: labels)
    }

    /// A series of the host's own.
    func define(_ kind: Kind, fullName: String, owner: String = "", help: String, labels: [(String, String)] = []) -> UInt64? {
        let allowed = fullName.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
        guard allowed, labels.count <= 8, labels.allSatisfy({ Self.isLabel($0.0) }) else { return nil }
        let text = labels.map { "\($0.0)=\"\(Self.escaped($0.1))\"" }.joined(separator: ",")
        return known.withLock { known -> UInt64? in
            let key = "\(fullName){\(text)}"
            if let handle = known[key] { return series[handle].flatMap { $0.kind == kind && $0.owner == owner ? handle : nil } }
            // One name is of one kind and one owner, or the text could not be read.
            guard !series.values.contains(where: { $0.name == fullName && ($0.kind != kind || $0.owner != owner) }) else {
                return nil
            }
            guard owner.isEmpty || series.values.count(where: { $0.owner == owner }) < Self.perOwner else { return nil }
            let handle = series.insert(Series(kind: kind, name: fullName, labels: text, help: help, owner: owner))
            guard handle != 0 else { return nil }
            known[key] = handle
            return handle
        }
    }

    func record(_ handle: UInt64, _ value: Double) { series[handle]?.record(value) }

    /// The Prometheus text format, with `extra` series computed now.
    func text(_ extra: [(name: String, kind: Kind, help: String, values: [(labels: String, value: Double)])] = []) -> String {
        var out = ""
        let byName = Dictionary(grouping: series.values, by: \.name).sorted { $0.key < $1.key }
        for (name, all) in byName {
            guard let first = all.first else { continue }
            out += "# HELP \(name) \(first.help.replacing("\n", with: " "))\n# TYPE \(name) \(first.kind.name)\n"
            for one in all.sorted(by: { $0.labels < $1.labels }) { out += Self.lines(one) }
        }
        for metric in extra {
            out += "# HELP \(metric.name) \(metric.help)\n# TYPE \(metric.name) \(metric.kind.name)\n"
            for value in metric.values {
                out += value.labels.isEmpty ? metric.name : "\(metric.name){\(value.labels)}"
                out += " \(Self.number(value.value))\n"
            }
        }
        return out
    }

    private static func lines(_ series: Series) -> String {
        let value = series.current
        let labels = series.labels
        guard series.kind == .histogram else {
            return (labels.isEmpty ? series.name : "\(series.name){\(labels)}") + " \(number(value.sum))\n"
        }
        let prefix = labels.isEmpty ? "" : labels + ","
        var out = ""
        for (index, bound) in bounds.enumerated() {
            let count = value.buckets.indices.contains(index) ? value.buckets[index] : 0
            out += "\(series.name)_bucket{\(prefix)le=\"\(number(bound))\"} \(count)\n"
        }
        out += "\(series.name)_bucket{\(prefix)le=\"+Inf\"} \(value.count)\n"
        let tail = labels.isEmpty ? "" : "{\(labels)}"
        return out + "\(series.name)_sum\(tail) \(number(value.sum))\n\(series.name)_count\(tail) \(value.count)\n"
    }

    private static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value) { return String(whole) }
        return String(value)
    }

    /// `[a-z_][a-z0-9_]*`, and not the histogram's own.
    private static func isLabel(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(0x30...0x39).contains(first), name != "le" else { return false }
        return name.utf8.allSatisfy { (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5F }
    }

    static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}
