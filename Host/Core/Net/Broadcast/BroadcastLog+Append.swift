import NIOCore
import Synchronization

extension BroadcastLog {
    /// The largest record taken: half the retention.
    public var maxRecord: Int { max(options.retention, LogSegment.size) / 2 }

    /// Most bytes of records' rests held for players that stalled within them: one record of any size fits.
    var restLimit: Int { maxRecord }

    /// Appends one whole record; writer's loop.
    ///
    /// `joinPoint`: a player may begin here, with the current prefix before it. `video`: the batch is flushed when it ends (`.low`).
    /// False when the record was dropped: too large, the log ended, or a stalled loop holds all memory (then records are dropped up
    /// to the next join point).
    @discardableResult
    public func append(_ record: UnsafeRawBufferPointer, joinPoint: Bool, video: Bool) -> Bool {
        append(record, UnsafeRawBufferPointer(start: nil, count: 0), joinPoint: joinPoint, video: video)
    }

    /// As above, for a record in two pieces.
    @discardableResult
    public func append(
        _ header: UnsafeRawBufferPointer, _ payload: UnsafeRawBufferPointer, joinPoint: Bool, video: Bool
    ) -> Bool {
        writerLoop.assertInEventLoop()
        let count = header.count + payload.count
        guard count > 0, state.load(ordering: .relaxed) == LogState.open.rawValue else { return count == 0 }
        guard count <= maxRecord, !isDropping || joinPoint, makeRoom(for: UInt64(count)) else {
            isDropping = isDropping || count <= maxRecord
            droppedBytes.wrappingAdd(UInt64(count), ordering: .relaxed)
            return false
        }
        isDropping = false
        let start = writeHead
        segment(at: start)?.mark(Int(start & LogSegment.mask))
        copy(header)
        copy(payload)
        head.store(writeHead, ordering: .sequentiallyConsistent)
        recordCount.wrappingAdd(1, ordering: .relaxed)
        if joinPoint { setJoinPoint(start) }
        if video { batchHasVideo = true }
        if unflushedSince == 0 { unflushedSince = NetClock.now }
        return true
    }

    /// Bytes sent to whoever begins or resumes at a join point appended from now on, before it; writer's loop.
    public func setPrefix(_ bytes: [UInt8]) {
        writerLoop.assertInEventLoop()
        prefix = bytes
    }

    private func setJoinPoint(_ offset: UInt64) {
        let point = JoinPoint(offset: offset, prefix: prefix)
        join.withLock { $0.latest = point }
        joinOffset = offset
        latestJoin.store(offset &+ 1, ordering: .releasing)
    }

    private func copy(_ bytes: UnsafeRawBufferPointer) {
        guard var from = bytes.baseAddress else { return }
        var left = bytes.count
        while left > 0 {
            let position = Int(writeHead & LogSegment.mask)
            let n = min(left, LogSegment.size - position)
            segment(at: writeHead)?.base.advanced(by: position).copyMemory(from: from, byteCount: n)
            from += n
            left -= n
            writeHead += UInt64(n)
        }
    }

    /// Maps what `count` more bytes need; false when memory is held by a late table or the system has none.
    private func makeRoom(for count: UInt64) -> Bool {
        let end = writeHead + count
        guard end > mappedEnd else { return true }
        let capacity = (segmentMask + 1) << LogSegment.shift
        if end + UInt64(LogSegment.size) - freedEnd > capacity {
            reclaim()
            guard end + UInt64(LogSegment.size) - freedEnd <= capacity else { return false }
        }
        while mappedEnd < end {
            guard let fresh = SegmentPool.shared.take() else { return false }
            let slot = Int((mappedEnd >> LogSegment.shift) & segmentMask)
            segmentTable[slot].store(fresh.base, ordering: .releasing)
            mappedEnd += UInt64(LogSegment.size)
            mappedSegments.wrappingAdd(1, ordering: .relaxed)
        }
        return true
    }
}
