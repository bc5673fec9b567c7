import NIOCore
import Synchronization

/// Figures of one log at one moment.
public struct BroadcastStatistics: Sendable, Equatable {
    /// Players attached now.
    public var players = 0
    /// Bytes handed to sockets and pipelines.
    public var sentBytes: UInt64 = 0
    /// Bytes that slow players skipped.
    public var skippedBytes: UInt64 = 0
    /// Jumps of slow players.
    public var jumps: UInt64 = 0
    /// Players cut: slow, stalled, or failed while sending.
    public var cuts: UInt64 = 0
    /// Bytes appended.
    public var head: UInt64 = 0
    /// Records appended.
    public var records: UInt64 = 0
    /// Bytes of records refused for want of room.
    public var droppedBytes: UInt64 = 0
    /// Bytes of segments held.
    public var heldBytes = 0
}

/// How far players of one log lag, in bytes.
public struct BroadcastLag: Sendable, Equatable {
    /// Players counted; those that wait for a join point are not.
    public var players = 0
    public var p50: UInt64 = 0
    public var p90: UInt64 = 0
    public var p99: UInt64 = 0
    public var max: UInt64 = 0
}

extension BroadcastLog {
    /// Figures now; any thread.
    public var statistics: BroadcastStatistics {
        var s = BroadcastStatistics()
        for table in tables {
            s.players += table.players.load(ordering: .relaxed)
            s.sentBytes &+= table.sentBytes.load(ordering: .relaxed)
            s.skippedBytes &+= table.skippedBytes.load(ordering: .relaxed)
            s.jumps &+= table.jumps.load(ordering: .relaxed)
            s.cuts &+= table.cuts.load(ordering: .relaxed)
        }
        s.head = head.load(ordering: .relaxed)
        s.records = recordCount.load(ordering: .relaxed)
        s.droppedBytes = droppedBytes.load(ordering: .relaxed)
        s.heldBytes = mappedSegments.load(ordering: .relaxed) * LogSegment.size
        return s
    }

    /// Players attached now; any thread.
    public var playerCount: Int {
        tables.reduce(0) { $0 + $1.players.load(ordering: .relaxed) }
    }

    /// Asks every loop how far its players lag; any thread, not a hot path.
    public func lag() async -> BroadcastLag {
        var all: [UInt64] = []
        for table in tables {
            all += (try? await table.loop.submit { table.lags() }.get()) ?? []
        }
        all.sort()
        guard let last = all.last else { return BroadcastLag() }
        func at(_ percent: Int) -> UInt64 { all[(all.count - 1) * percent / 100] }
        return BroadcastLag(players: all.count, p50: at(50), p90: at(90), p99: at(99), max: last)
    }
}

extension PlayerTable {
    func lags() -> [UInt64] {
        let head = log.head.load(ordering: .acquiring)
        var out: [UInt64] = []
        for group in groups {
            for row in group.rows where !row.flags.contains(.waiting) { out.append(head - min(head, row.cursor)) }
        }
        return out
    }
}
