/// Who has to be woken when: a binary heap.
struct Schedule {
    /// Why a client is woken.
    enum Reason { case work, trickle, leave, rejoin }

    struct Entry {
        var due: UInt64
        var client: Int
        /// The client's life; the entry is void when that is over.
        var life: UInt32
        var reason: Reason
    }

    private var heap: [Entry] = []

    /// When the next is due, in nanoseconds.
    var next: UInt64 { heap.first?.due ?? .max }

    mutating func add(_ entry: Entry) {
        heap.append(entry)
        var i = heap.count - 1
        while i > 0, heap[(i - 1) / 2].due > heap[i].due {
            heap.swapAt(i, (i - 1) / 2)
            i = (i - 1) / 2
        }
    }

    /// The next entry that is due, taken out.
    mutating func take(at now: UInt64) -> Entry? {
        guard let first = heap.first, first.due <= now else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var i = 0
        while true {
            var least = i
            for child in [2 * i + 1, 2 * i + 2] where child < heap.count && heap[child].due < heap[least].due { least = child }
            if least == i { return first }
            heap.swapAt(i, least)
            i = least
        }
    }
}
