import CHostNet
import NIOCore
import Synchronization

/// What one run over a table's rows knows and adds up: made once per run, on the stack.
struct FlushPass {
    static let maxRanges = 16

    let log: BroadcastLog
    let now: UInt64
    let head: UInt64
    let slowBelow: UInt64
    let expired: UInt64
    /// Offset + 1 of the latest join point, 0 for none.
    let latestJoin: UInt64
    let state: LogState
    var sentBytes: UInt64 = 0
    var jumps = 0
    var skippedBytes: UInt64 = 0
    var cuts = 0
    var nextRetry = UInt64.max
    /// A row took the rest of a record.
    var hasRests = false

    private let ranges: UnsafeMutablePointer<iovec>
    private var rangeCount = 0
    private var rangeStart = UInt64.max
    private var rangeEnd = UInt64.max
    private var rangeBytes = 0
    private var shared: (start: UInt64, end: UInt64, buffer: ByteBuffer)?

    /// `ranges` has room for `maxRanges + 1`: the first is kept for a player's own bytes.
    init(log: BroadcastLog, ranges: UnsafeMutablePointer<iovec>) {
        self.log = log
        self.ranges = ranges
        now = NetClock.now
        // State before head: a log seen ended is seen whole.
        state = LogState(rawValue: log.state.load(ordering: .sequentiallyConsistent)) ?? .open
        latestJoin = log.latestJoin.load(ordering: .acquiring)
        slowBelow = log.slowBelow.load(ordering: .relaxed)
        expired = log.expired.load(ordering: .relaxed)
        head = log.head.load(ordering: .sequentiallyConsistent)
    }

    /// Sends `start..<end` straight to a socket; the bytes taken, or -errno. The ranges are kept for the next row at `start`.
    @inline(__always)
    mutating func send(_ fd: Int32, from start: UInt64, to end: UInt64) -> Int {
        prepare(start, end)
        if rangeCount == 1 { return hostnet_send(fd, ranges[1].iov_base, ranges[1].iov_len) }
        return hostnet_sendv(fd, ranges + 1, rangeCount)
    }

    /// Sends a player's own bytes, then `start..<end`, in one call.
    mutating func send(_ fd: Int32, own: UnsafeRawBufferPointer, from start: UInt64, to end: UInt64) -> Int {
        prepare(start, end)
        ranges[0] = iovec(iov_base: UnsafeMutableRawPointer(mutating: own.baseAddress), iov_len: own.count)
        return hostnet_sendv(fd, ranges, rangeCount + 1)
    }

    /// Bytes that the last `send` offered from the log.
    var offered: Int { rangeBytes }

    @inline(__always)
    private mutating func prepare(_ start: UInt64, _ end: UInt64) {
        if start != rangeStart || end != rangeEnd { build(start, end) }
    }

    @inline(never)
    private mutating func build(_ start: UInt64, _ end: UInt64) {
        rangeStart = start
        rangeEnd = end
        rangeCount = 0
        rangeBytes = 0
        var position = start
        while position < end, rangeCount < Self.maxRanges, let segment = log.segment(at: position) {
            let inside = Int(position & LogSegment.mask)
            let n = min(LogSegment.size - inside, Int(end - position))
            rangeCount += 1
            ranges[rangeCount] = iovec(iov_base: segment.base + inside, iov_len: n)
            rangeBytes += n
            position += UInt64(n)
        }
    }

    /// The bytes `start..<end`, at most 128 KiB, as one buffer shared by all rows that stand at `start`.
    mutating func buffer(from start: UInt64, to end: UInt64) -> ByteBuffer {
        let limited = min(end, start + UInt64(LogSegment.size / 2))
        if let shared, shared.start == start, shared.end == limited { return shared.buffer }
        prepare(start, limited)
        var buffer = ByteBufferAllocator().buffer(capacity: rangeBytes)
        for i in 1..<(rangeCount + 1) {
            buffer.writeBytes(UnsafeRawBufferPointer(start: ranges[i].iov_base, count: ranges[i].iov_len))
        }
        shared = (start, limited, buffer)
        return buffer
    }
}
