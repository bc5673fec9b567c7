import CHostNet

/// Free segments of the process, bounded; what exceeds the bound goes back to the system. Any thread.
final class SegmentPool: Sendable {
    static let shared = SegmentPool(limit: 64)

    private struct Addresses {
        var free: [UInt] = []
        var live = 0
    }
    private let limit: Int
    private let addresses = Locked(Addresses())

    init(limit: Int) { self.limit = limit }

    /// Segments taken and not given back, for tests and metrics.
    var live: Int { addresses.withLock { $0.live } }

    func take() -> LogSegment? {
        let recycled = addresses.withLock { a in
            a.live += 1
            return a.free.popLast()
        }
        if let recycled, let base = UnsafeMutableRawPointer(bitPattern: recycled) {
            let segment = LogSegment(base: base)
            segment.clearMarks()
            return segment
        }
        guard let base = hostnet_map(LogSegment.mappedBytes) else {
            addresses.withLock { $0.live -= 1 }
            return nil
        }
        return LogSegment(base: base)
    }

    func give(_ segment: LogSegment) {
        let kept = addresses.withLock { a in
            a.live -= 1
            guard a.free.count < limit else { return false }
            a.free.append(UInt(bitPattern: segment.base))
            return true
        }
        if !kept { hostnet_unmap(segment.base, LogSegment.mappedBytes) }
    }
}
