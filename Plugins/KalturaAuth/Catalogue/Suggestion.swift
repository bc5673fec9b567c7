/// "Did you mean": the known word that is close to an unknown one.
enum Suggestion {
    /// The closest word, when at most a third of it differs; nil otherwise.
    static func closest(to word: String, among known: [String]) -> String? {
        guard word.utf8.count <= 64 else { return nil }
        let ranked = known.map { ($0, distance(Array(word.utf8), Array($0.utf8))) }.min { $0.1 < $1.1 }
        guard let (best, distance) = ranked, distance <= max(1, best.utf8.count / 3) else { return nil }
        return best
    }

    /// The number of single-byte edits between two words.
    private static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var row = Array(0...b.count)
        for (i, x) in a.enumerated() {
            var previous = row[0]
            row[0] = i + 1
            for (j, y) in b.enumerated() {
                let next = min(previous + (x == y ? 0 : 1), row[j] + 1, row[j + 1] + 1)
                previous = row[j + 1]
                row[j + 1] = next
            }
        }
        return row[b.count]
    }
}
