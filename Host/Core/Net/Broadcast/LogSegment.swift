import Synchronization

/// One fixed piece of a log's memory: data, then one mark bit per byte that begins a record.
///
/// A segment has no reference count: the writer gives it back when no table of players can reach it (see `BroadcastLog+Reclaim`).
/// Pages are touched as they are written, so a young segment costs what it holds.
struct LogSegment {
    static let shift: UInt64 = 18
    static let size = 1 << Int(shift)
    static let mask = UInt64(size - 1)
    static let markBytes = size / 8
    static let markWords = size / 64
    static let mappedBytes = size + markBytes

    let base: UnsafeMutableRawPointer

    /// Marks are words that the writer sets while readers scan older bits of the same word.
    private var marks: UnsafeMutablePointer<Atomic<UInt64>> {
        (base + Self.size).assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    /// Writer only: marks `position` as the first byte of a record.
    func mark(_ position: Int) {
        let word = position >> 6
        let old = marks[word].load(ordering: .relaxed)
        marks[word].store(old | (1 << UInt64(position & 63)), ordering: .relaxed)
    }

    func isMarked(_ position: Int) -> Bool {
        marks[position >> 6].load(ordering: .relaxed) & (1 << UInt64(position & 63)) != 0
    }

    /// First marked position in `from..<end`, nil when there is none.
    func firstMark(from: Int, end: Int) -> Int? {
        guard from < end else { return nil }
        var word = from >> 6
        let last = (end - 1) >> 6
        var bits = marks[word].load(ordering: .relaxed) & (~0 << UInt64(from & 63))
        while bits == 0 {
            word += 1
            guard word <= last else { return nil }
            bits = marks[word].load(ordering: .relaxed)
        }
        let found = word << 6 + bits.trailingZeroBitCount
        return found < end ? found : nil
    }

    /// Last marked position in `from..<end`, nil when there is none.
    func lastMark(from: Int, end: Int) -> Int? {
        guard from < end else { return nil }
        var word = (end - 1) >> 6
        var bits = marks[word].load(ordering: .relaxed) & (~0 >> UInt64(63 - (end - 1) & 63))
        while bits == 0 {
            word -= 1
            guard word >= from >> 6 else { return nil }
            bits = marks[word].load(ordering: .relaxed)
        }
        let found = word << 6 + 63 - bits.leadingZeroBitCount
        return found >= from ? found : nil
    }

    func clearMarks() {
        (base + Self.size).initializeMemory(as: UInt8.self, repeating: 0, count: Self.markBytes)
    }
}
