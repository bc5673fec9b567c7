/// One copy of what was left of a record when the first of a table's players stalled within it.
///
/// All players of the table that stall in the same record share it, so that none of them holds the log's memory. Immutable, but for
/// the count of its holders; confined to the table's loop. Knows nothing of the log it came from.
final class RecordRest {
    /// The log's offsets that it covers; the record ends at `end`.
    let start: UInt64, end: UInt64
    let bytes: UnsafeRawBufferPointer
    /// Players that have it still to be sent.
    var holders = 0

    /// A copy of `start..<end`; nil when the log does not hold it any more.
    init?(of log: BroadcastLog, from start: UInt64, to end: UInt64) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: Int(end - start), alignment: 1)
        self.start = start
        self.end = end
        bytes = UnsafeRawBufferPointer(copy)
        var position = start
        while position < end {
            let inside = Int(position & LogSegment.mask)
            let n = min(LogSegment.size - inside, Int(end - position))
            guard let segment = log.segment(at: position) else { return nil }
            copy.baseAddress?.advanced(by: Int(position - start)).copyMemory(from: segment.base + inside, byteCount: n)
            position += UInt64(n)
        }
    }

    deinit { bytes.deallocate() }
}

/// A player's part of it: everything else that the player is to be sent comes after.
struct HeldRest {
    let record: RecordRest
    /// Next byte to send, an offset in the log.
    var cursor: UInt64
    /// When the player left the log for it.
    let since: UInt64

    var left: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: record.bytes[Int(cursor - record.start)...]) }
    var isEmpty: Bool { cursor == record.end }
}
