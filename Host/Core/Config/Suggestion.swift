/// "Did you mean": the candidate nearest to a mistyped name.
public enum Suggestion {
    /// The nearest candidate within a third of the name's length (at least 1 edit), the first of equals; nil when none is near.
    public static func nearest(to name: String, among candidates: some Sequence<String>) -> String? {
        let typed = Array(name.lowercased().unicodeScalars.prefix(64))
        var best: (distance: Int, name: String)?
        for candidate in candidates where candidate != name {
            let wanted = Array(candidate.lowercased().unicodeScalars.prefix(64))
            let distance = distance(typed, wanted)
            guard distance <= max(1, min(typed.count, wanted.count) / 3), distance < best?.distance ?? .max else { continue }
            best = (distance, candidate)
        }
        return best?.name
    }

    /// Levenshtein's distance with swapped neighbours counted as one edit.
    static func distance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var before: [Int] = []
        var previous = Array(0...right.count)
        for (row, scalar) in left.enumerated() {
            var current = [row + 1]
            for (column, other) in right.enumerated() {
                var least = min(previous[column] + (scalar == other ? 0 : 1), previous[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, scalar == right[column - 1], left[row - 1] == other {
                    least = min(least, before[column - 1] + 1)
                }
                current.append(least)
            }
            (before, previous) = (previous, current)
        }
        return previous[right.count]
    }
}
