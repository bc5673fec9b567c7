/// Why a ring is of no use any more: the other process has written what can't be, or there is no memory.
public enum RingError: Error, Equatable, CustomStringConvertible {
    case noMemory
    /// The descriptor's size is not that of a ring.
    case wrongSize(Int64)
    /// The other side's index is before its last, or further than the ring is long.
    case index(UInt64)
    /// A record that is longer than what was written.
    case record(size: UInt32)

    public var description: String {
        switch self {
        case .noMemory: "no shared memory"
        case .wrongSize(let size): "shared memory of \(size) bytes is no ring"
        case .index(let value): "the ring's other index is \(value), which can't be"
        case .record(let size): "a record of \(size) bytes, which can't be"
        }
    }
}
