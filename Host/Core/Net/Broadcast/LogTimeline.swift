/// Which offset the log had reached at which time, coarsely: tells the writer what is older than the allowed lag.
struct LogTimeline {
    private static let slots = 64
    private let maxLag: UInt64
    private let interval: UInt64
    private var times = [UInt64](repeating: 0, count: slots)
    private var offsets = [UInt64](repeating: 0, count: slots)
    private var next = 0
    private var oldest = 0
    private var count = 0
    private var limit: UInt64 = 0

    init(maxLag: UInt64) {
        self.maxLag = maxLag
        interval = max(1, maxLag / UInt64(Self.slots - 2))
    }

    /// Notes that everything before `offset` had been written at `now`; returns the offset below which bytes are too old.
    mutating func note(_ offset: UInt64, now: UInt64) -> UInt64 {
        let newest = (next + Self.slots - 1) % Self.slots
        if count == 0 || now >= times[newest] &+ interval {
            if count == Self.slots {
                oldest = (oldest + 1) % Self.slots
                count -= 1
            }
            times[next] = now
            offsets[next] = offset
            next = (next + 1) % Self.slots
            count += 1
        }
        while count > 0, times[oldest] &+ maxLag <= now {
            limit = offsets[oldest]
            oldest = (oldest + 1) % Self.slots
            count -= 1
        }
        return limit
    }
}
