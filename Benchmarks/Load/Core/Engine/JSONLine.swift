/// One JSON object on one line.
struct JSONLine {
    private var text = ""

    /// The finished line, without its end.
    var line: String { "{\(text)}" }

    mutating func add(_ name: String, _ value: String) { put(name, "\"\(value)\"") }
    mutating func add(_ name: String, _ value: Int) { put(name, "\(value)") }
    mutating func add(_ name: String, _ value: UInt64) { put(name, "\(value)") }
    mutating func add(_ name: String, _ value: Double, digits: Int) { put(name, Self.fixed(value, digits)) }
    mutating func add(_ name: String, _ object: JSONLine) { put(name, object.line) }

    /// Percentiles in milliseconds: n, p50, p95, p99, max.
    mutating func add(_ name: String, _ samples: Samples) {
        var samples = samples
        var object = JSONLine()
        object.add("n", samples.count)
        object.add("p50", samples.percentile(50), digits: 3)
        object.add("p95", samples.percentile(95), digits: 3)
        object.add("p99", samples.percentile(99), digits: 3)
        object.add("max", samples.percentile(100), digits: 3)
        add(name, object)
    }

    private mutating func put(_ name: String, _ value: String) {
        if !text.isEmpty { text += "," }
        text += "\"\(name)\":\(value)"
    }

    /// A number with so many digits after its point.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        guard let scaled = Int64(exactly: (value * scale).rounded()) else { return "0" }
        let whole = scaled.magnitude / UInt64(scale)
        let fraction = String(scaled.magnitude % UInt64(scale))
        let padding = String(repeating: "0", count: max(0, digits - fraction.count))
        return (scaled < 0 ? "-" : "") + "\(whole)" + (digits > 0 ? ".\(padding)\(fraction)" : "")
    }
}
