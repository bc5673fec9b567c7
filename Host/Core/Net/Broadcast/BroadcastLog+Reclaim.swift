import Synchronization

/// Which memory may go.
///
/// A segment goes when it lies below the latest join point (or the head, when nobody could begin) *and* below the floor of every
/// table. A table's floor is a promise: none of its rows reads below. Floors rise with a plain release store at the end of a flush.
/// A row that begins at a join point lowers it, so that and the writer's look at all floors happen under the lock `join`: either the
/// writer sees the lowered floor and frees nothing, or the newcomer sees the new tail and the join points at or after it.
extension BroadcastLog {
    /// Frees what nobody can reach; writer's loop. Cheap when there is nothing to free.
    func reclaim() {
        let now = NetClock.now
        let retention = UInt64(max(options.retention, LogSegment.size))
        let old = timeline.note(writeHead, now: now)
        let floor = writeHead > retention ? writeHead - retention : 0
        slowBelow.store(max(old, writeHead > retention / 2 ? writeHead - retention / 2 : 0), ordering: .relaxed)
        expired.store(floor, ordering: .relaxed)
        if let offset = joinOffset, offset < floor {
            joinOffset = nil
            latestJoin.store(0, ordering: .releasing)
            join.withLock { $0.latest = nil }
        }
        let wanted = joinOffset ?? writeHead
        guard wanted >> LogSegment.shift > freedEnd >> LogSegment.shift else { return }
        let tail = join.withLock { state in
            var tail = wanted
            for table in tables { tail = min(tail, table.floor.load(ordering: .acquiring)) }
            state.tail = max(state.tail, tail)
            return state.tail
        }
        free(below: tail)
    }

    private func free(below tail: UInt64) {
        let end = min(tail & ~LogSegment.mask, mappedEnd)
        while freedEnd < end {
            let slot = Int((freedEnd >> LogSegment.shift) & segmentMask)
            if let base = segmentTable[slot].exchange(nil, ordering: .acquiringAndReleasing) {
                SegmentPool.shared.give(LogSegment(base: base))
                mappedSegments.wrappingSubtract(1, ordering: .relaxed)
            }
            freedEnd += UInt64(LogSegment.size)
        }
    }

    /// The join point at which a row of `table` begins; the table's floor is down until its next publication.
    ///
    /// Nil when there is none, or none at or after `from`.
    func takeJoinPoint(for table: PlayerTable, from: UInt64) -> JoinPoint? {
        join.withLock { state in
            guard let latest = state.latest, latest.offset >= from, latest.offset >= state.tail else { return nil }
            table.floor.store(0, ordering: .relaxed)
            return latest
        }
    }
}
