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
    /// Players cut because they were slow or stalled; who goes by itself is not counted.
    public var cuts: UInt64 = 0
    /// Bytes appended.
    public var head: UInt64 = 0
    /// Records appended.
    public var records: UInt64 = 0
    /// Bytes of records refused for want of room.
    public var droppedBytes: UInt64 = 0
    /// Bytes of segments held, and of records' rests for players that stalled within them.
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
    /// Players whose socket did not take all at the last try.
    public var behind = 0
    /// Players that read nothing of the log until the next join point; they may have the rest of an earlier record still to take.
    public var waiting = 0

    /// Of no players.
    public init(players: Int = 0, p50: UInt64 = 0, p90: UInt64 = 0, p99: UInt64 = 0, max: UInt64 = 0) {
        self.players = players
        self.p50 = p50
        self.p90 = p90
        self.p99 = p99
        self.max = max
    }
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
        s.heldBytes = mappedSegments.load(ordering: .relaxed) * LogSegment.size + restBytes.load(ordering: .relaxed)
        return s
    }

    /// Players attached now; any thread.
    public var playerCount: Int {
        tables.reduce(0) { $0 + $1.players.load(ordering: .relaxed) }
    }

    /// Players attached now, by I/O thread; any thread.
    public var playersByLoop: [Int] {
        tables.map { $0.players.load(ordering: .relaxed) }
    }

    /// How far the slowest player lags, in bytes, as of the last flushes; 0 without players. Any thread, asks nobody.
    public var slowestLag: UInt64 {
        let head = head.load(ordering: .relaxed)
        var lag: UInt64 = 0
        for table in tables {
            let floor = table.floor.load(ordering: .relaxed)
            // 0: a newcomer is being let in.
            if floor > 0, floor < head { lag = max(lag, head - floor) }
        }
        return lag
    }

    /// Asks every loop how far its players lag; any thread, not a hot path.
    public func lag() async -> BroadcastLag {
        guard let loop = tables.first?.loop else { return BroadcastLag() }
        return (try? await lag(on: loop).get()) ?? BroadcastLag()
    }

    /// As above, told on `loop`; nobody waits meanwhile.
    public func lag(on loop: any EventLoop) -> EventLoopFuture<BroadcastLag> {
        EventLoopFuture.whenAllSucceed(tables.map { table in table.loop.submit { table.lags() } }, on: loop).map { rows in
            var lag = BroadcastLag()
            let all = rows.flatMap(\.lags).sorted()
            lag.behind = rows.reduce(0) { $0 + $1.behind }
            lag.waiting = rows.reduce(0) { $0 + $1.waiting }
            guard let last = all.last else { return lag }
            func at(_ percent: Int) -> UInt64 { all[(all.count - 1) * percent / 100] }
            lag.players = all.count
            (lag.p50, lag.p90, lag.p99, lag.max) = (at(50), at(90), at(99), last)
            return lag
        }
    }
}

extension PlayerTable {
    func lags() -> (lags: [UInt64], behind: Int, waiting: Int) {
        let head = log.head.load(ordering: .acquiring)
        var out: [UInt64] = []
        var behind = 0
        var waiting = 0
        for group in groups {
            for row in group.rows {
                if row.flags.contains(.waiting) {
                    waiting += 1
                } else {
                    out.append(head - min(head, row.cursor))
                    if row.flags.contains(.behind) { behind += 1 }
                }
            }
        }
        return (out, behind, waiting)
    }
}
