/// Distances of the last key frames, to guess when the next one comes.
struct KeyFrameHistory: Sendable {
    private var distances: [Int64] = []
    private var last: Int64?

    /// The longest of the last eight distances, ticks; 0 = none known.
    var longest: Int64 { distances.max() ?? 0 }

    /// A key frame came at `time`.
    mutating func add(_ time: Int64) {
        if let last, time > last {
            distances.append(time - last)
            if distances.count > 8 { distances.removeFirst() }
        }
        last = time
    }

    /// The next key frame's distance from the last does not count.
    mutating func interrupt() { last = nil }
}
