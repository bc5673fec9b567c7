import NIOCore
import Synchronization

/// An append-only log of bytes, muxed once, from which any number of players are sent to directly.
///
/// One writer (the event loop of the stream) appends whole records; readers on every loop follow without a lock. The log owns its
/// segments and one `PlayerTable` per loop. A player is a socket and an offset; a slow one owns no memory: it lags in the shared log,
/// then jumps to the latest join point (within a record: shares one copy of its rest, and jumps after it), then is cut. The log never looks into the bytes.
///
/// Writer calls (`append`, `setPrefix`, `endOfBatch`, `close`, `replace`, `moveWriter`) are confined to the writer's loop;
/// statistics may be read anywhere; attaching happens on the loop of the player's channel.
public final class BroadcastLog: @unchecked Sendable {
    /// Bounds and pace, fixed for the log's life.
    public let options: BroadcastOptions
    let runtime: NetRuntime

    // Shared between writer and readers.
    let segmentTable: UnsafeMutablePointer<Atomic<UnsafeMutableRawPointer?>>
    let segmentMask: UInt64
    /// End of the last whole record.
    let head = Atomic<UInt64>(0)
    /// Players behind this offset lag too much and jump.
    let slowBelow = Atomic<UInt64>(0)
    /// Players behind this offset must not read on: the bytes are about to go.
    let expired = Atomic<UInt64>(0)
    let state = Atomic<UInt8>(LogState.open.rawValue)
    let join = Locked(JoinState())
    /// Offset + 1 of the latest join point, 0 for none: lets waiting players look without the lock.
    let latestJoin = Atomic<UInt64>(0)
    private(set) var tables: [PlayerTable] = []
    /// Bytes of all records' rests that players hold.
    let restBytes = Atomic<Int>(0)
    /// Where this log's dense players begin on the grid, so that many logs do not tick together.
    let phaseBase: Int
    let phaseShift: UInt64
    private static let made = Atomic<UInt64>(0)

    // Writer only.
    var writerLoop: any EventLoop
    var writeHead: UInt64 = 0
    var mappedEnd: UInt64 = 0
    var freedEnd: UInt64 = 0
    var prefix: [UInt8] = []
    var joinOffset: UInt64?
    var isDropping = false
    var batchHasVideo = false
    var unflushedSince: UInt64 = 0
    var audioClock: AudioClock?
    var isOnAudioClock = false
    var timeline: LogTimeline

    // Counters written by the writer, read anywhere.
    let droppedBytes = Atomic<UInt64>(0)
    let recordCount = Atomic<UInt64>(0)
    let mappedSegments = Atomic<Int>(0)

    /// A log whose writer is `writer`, one of the runtime's loops.
    public init(runtime: NetRuntime, writer: any EventLoop, options: BroadcastOptions = .init()) {
        self.runtime = runtime
        self.options = options
        writerLoop = writer
        audioClock = runtime.audioClock(of: writer)
        let number = Self.made.wrappingAdd(1, ordering: .relaxed).oldValue
        phaseBase = Int(number % UInt64(DensePhase.count))
        phaseShift = number &* 7_368_787 % DensePhase.step
        timeline = LogTimeline(maxLag: UInt64(max(1, options.maxLagMilliseconds)) * 1_000_000)
        // Room for the retention, one record as large as half of it, and a lap of slack while a table's loop is late.
        let needed = UInt64(max(options.retention, LogSegment.size)) * 2 / UInt64(LogSegment.size) + 2
        var count: UInt64 = 4
        while count < needed { count *= 2 }
        segmentMask = count - 1
        segmentTable = .allocate(capacity: Int(count))
        for i in 0..<Int(count) { (segmentTable + i).initialize(to: Atomic(nil)) }
        tables = runtime.loops.enumerated().map { PlayerTable(log: self, loop: $1, index: $0) }
    }

    deinit {
        for i in 0...Int(segmentMask) {
            if let base = segmentTable[i].load(ordering: .acquiring) { SegmentPool.shared.give(LogSegment(base: base)) }
            (segmentTable + i).deinitialize(count: 1)
        }
        segmentTable.deallocate()
    }

    /// The segment that holds `offset`; nil only when the offset was never written or has gone.
    func segment(at offset: UInt64) -> LogSegment? {
        let slot = Int((offset >> LogSegment.shift) & segmentMask)
        return segmentTable[slot].load(ordering: .acquiring).map(LogSegment.init(base:))
    }

    /// Whether a record begins at `offset` (the end of the log counts).
    func isBoundary(_ offset: UInt64, head: UInt64) -> Bool {
        if offset == head { return true }
        return segment(at: offset)?.isMarked(Int(offset & LogSegment.mask)) ?? false
    }

    /// Where the record begins that `offset` is within, or `lowest` when it begins before that.
    func recordStart(of offset: UInt64, notBelow lowest: UInt64) -> UInt64 {
        var end = offset + 1
        while end > lowest {
            let segmentStart = (end - 1) & ~LogSegment.mask
            let from = max(segmentStart, lowest) - segmentStart
            if let found = segment(at: segmentStart)?.lastMark(from: Int(from), end: Int(end - segmentStart)) {
                return segmentStart + UInt64(found)
            }
            end = segmentStart
        }
        return lowest
    }

    /// The first record boundary at or after `offset`.
    func boundary(atOrAfter offset: UInt64, head: UInt64) -> UInt64 {
        var position = offset
        while position < head {
            let segmentStart = position & ~LogSegment.mask
            let segmentEnd = segmentStart + UInt64(LogSegment.size)
            let end = Int(min(head, segmentEnd) - segmentStart)
            if let found = segment(at: position)?.firstMark(from: Int(position - segmentStart), end: end) {
                return segmentStart + UInt64(found)
            }
            position = segmentEnd
        }
        return head
    }
}
