import Glibc
import SluiceJSON

/// The committed allocations per operation, by benchmark. They are counts, the same on every machine; times are not held to anything.
struct AllocationLimits {
    let limits: [(name: String, limit: Double)]

    /// Counts are compared to a hundredth.
    private static let tolerance = 0.005

    init(file: String) throws(MicroError) {
        guard let bytes = Self.read(file) else { throw .limits("\(file) cannot be read") }
        let value: JSONValue
        do throws(JSONError) {
            value = try JSONValue(parsing: bytes)
        } catch {
            throw .limits("\(file): \(error)")
        }
        var found: [(name: String, limit: Double)] = []
        for (name, limit) in value["allocations"]?.objectValue ?? [:] {
            guard let number = limit.doubleValue else { throw .limits("\(file): \(name) is no number") }
            found.append((name, number))
        }
        guard !found.isEmpty else { throw .limits("\(file): no limits in \"allocations\"") }
        limits = found
    }

    /// What does not hold, a line each: a count above its limit, a benchmark without a limit, a limit without a benchmark.
    func breaches(_ figures: [Figures], filtered: Bool) -> [String] {
        var found: [String] = []
        for figure in figures {
            guard let limit = limits.first(where: { $0.name == figure.name })?.limit else {
                found.append("\(figure.name) has no limit")
                continue
            }
            guard figure.allocations > limit + Self.tolerance else { continue }
            let count = FigureTable.decimal(figure.allocations, 2)
            found.append("\(figure.name): \(count) allocations per \(figure.operation), at most \(FigureTable.decimal(limit, 2))")
        }
        guard !filtered else { return found }
        for (name, _) in limits where !figures.contains(where: { $0.name == name }) { found.append("\(name) was not measured") }
        return found
    }

    private static func read(_ file: String) -> [UInt8]? {
        guard let stream = fopen(file, "r") else { return nil }
        defer { fclose(stream) }
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = fread(&bytes, 1, bytes.count, stream)
        return Array(bytes[..<count])
    }
}
