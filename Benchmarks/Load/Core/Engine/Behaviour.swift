/// How a player behaves once it has joined (had its first key frame).
public enum Behaviour: String, CaseIterable, Sendable {
    /// Reads what comes.
    case healthy
    /// Never reads again.
    case stalled
    /// Reads one byte a second.
    case trickle
    /// Sends FIN, goes on reading.
    case halfclose
    /// Closes with RST within 100 ms, joins again a second later.
    case reset
    /// Comes and goes; leaves by FIN, RST or half-close in turn.
    case churn

    /// The behaviours of `count` players, by shares such as `healthy:0.8,stalled:0.2`; evenly interleaved.
    public static func mix(_ text: String, count: Int) throws(UsageError) -> [Behaviour] {
        var shares: [(behaviour: Behaviour, share: Double, given: Int)] = []
        for part in text.split(separator: ",") {
            let pair = part.split(separator: ":", maxSplits: 1)
            guard let name = pair.first, let behaviour = Behaviour(rawValue: String(name)) else {
                throw UsageError("unknown behaviour in \(text); known: \(allCases.map(\.rawValue).joined(separator: ", "))")
            }
            guard let share = pair.count > 1 ? Double(pair[1]) : 1, share > 0, share <= 1 else {
                throw UsageError("bad share in \(text)")
            }
            shares.append((behaviour, share, 0))
        }
        let sum = shares.reduce(0) { $0 + $1.share }
        guard abs(sum - 1) < 0.001 else { throw UsageError("the shares in \(text) do not add up to 1") }
        var result: [Behaviour] = []
        for i in 0..<max(0, count) {
            // Whoever is furthest behind its share comes next.
            let due = shares.indices.max { lag(shares[$0], i) < lag(shares[$1], i) } ?? 0
            shares[due].given += 1
            result.append(shares[due].behaviour)
        }
        return result
    }

    private static func lag(_ share: (behaviour: Behaviour, share: Double, given: Int), _ i: Int) -> Double {
        share.share * Double(i + 1) - Double(share.given)
    }
}
