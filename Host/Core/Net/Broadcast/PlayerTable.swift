import CHostNet
import NIOCore
import Synchronization

/// The players of one log on one event loop.
///
/// Confined to its loop but for the atomics, by which the writer reads what the table holds and asks for a run. Owns the rows; the
/// handlers own the sockets. Never closes a channel nor calls anyone while it walks over rows: what a walk finds happens after it.
final class PlayerTable: @unchecked Sendable {
    unowned let log: BroadcastLog
    let loop: any EventLoop
    let index: Int

    // Read by the writer.
    /// Nothing below is read by any row; `.max` without rows. See `BroadcastLog+Reclaim`.
    let floor = Atomic<UInt64>(.max)
    let hasLowRows = Atomic<Bool>(false)
    /// Dense rows have everything and no tick is armed.
    let isAsleep = Atomic<Bool>(false)
    /// End of the log from which a dense phase is flushed early; `.max` without dense rows.
    let earlyAt = Atomic<UInt64>(.max)
    private let poked = Atomic<UInt8>(0)

    // Counters.
    let players = Atomic<Int>(0)
    let sentBytes = Atomic<UInt64>(0)
    let skippedBytes = Atomic<UInt64>(0)
    let jumps = Atomic<UInt64>(0)
    let cuts = Atomic<UInt64>(0)

    // Loop only. Group 0 is `.low`, 1…5 the phases of `.dense`.
    var groups = [PlayerGroup](repeating: PlayerGroup(), count: 1 + DensePhase.count)
    private var fresh: [PlayerChannelHandler] = []
    var events: [(PlayerChannelHandler, RowEvent)] = []
    var writes: [(PlayerChannelHandler, ByteBuffer)] = []
    var isTicking = false
    private var retryAt = UInt64.max
    /// Rests of records that rows stalled in, by the record's end.
    var rests: [UInt64: RecordRest] = [:]
    /// The floor last told: above it the log's bytes are there.
    private(set) var promised = UInt64.max

    init(log: BroadcastLog, loop: any EventLoop, index: Int) {
        self.log = log
        self.loop = loop
        self.index = index
    }

    /// What a run is asked for.
    struct Reason: OptionSet {
        let rawValue: UInt8
        static let low = Reason(rawValue: 1)
        static let dense = Reason(rawValue: 2)
        static let fresh = Reason(rawValue: 4)
        static let all = Reason(rawValue: 8)
    }

    /// Asks for a run at the end of the loop's turn; any thread, one task however often it is asked.
    func poke(_ reason: Reason) {
        let old = poked.bitwiseOr(reason.rawValue, ordering: .acquiringAndReleasing).oldValue
        guard old == 0 else { return }
        let log = log
        loop.execute { withExtendedLifetime(log) { self.run() } }
    }

    /// Asks for a try of one row only: it has just joined, or has new bytes of its own.
    func poke(_ player: PlayerChannelHandler) {
        fresh.append(player)
        poke(.fresh)
    }

    private func run() {
        let reason = Reason(rawValue: poked.exchange(0, ordering: .acquiringAndReleasing))
        pass { pass in
            for player in takeFresh() where player.table === self { flushOne(player, &pass) }
            if reason.contains(.all) {
                for g in groups.indices { flush(group: g, &pass) }
            } else if reason.contains(.low) {
                flush(group: 0, &pass)
            }
            if reason.contains(.dense) { flushEarly(&pass) }
        }
    }

    private func takeFresh() -> [PlayerChannelHandler] {
        guard !fresh.isEmpty else { return [] }
        let all = fresh
        fresh.removeAll()
        return all
    }

    /// Walks, then does what the walk found: publish the floor, arm timers, write through pipelines, close and move players.
    func pass(_ walk: (inout FlushPass) -> Void) {
        withUnsafeTemporaryAllocation(of: iovec.self, capacity: FlushPass.maxRanges + 1) { ranges in
            guard let base = ranges.baseAddress else { return }
            var pass = FlushPass(log: log, ranges: base)
            walk(&pass)
            if pass.hasRests { boundRests(&pass) }
            if pass.state == .closed || pass.state == .replaced { collectFinished(pass) }
            count(pass)
            publish()
            armRetry(pass.nextRetry)
        }
        act()
    }

    private func count(_ pass: FlushPass) {
        if pass.sentBytes > 0 { sentBytes.wrappingAdd(pass.sentBytes, ordering: .relaxed) }
        if pass.skippedBytes > 0 { skippedBytes.wrappingAdd(pass.skippedBytes, ordering: .relaxed) }
        if pass.jumps > 0 { jumps.wrappingAdd(UInt64(pass.jumps), ordering: .relaxed) }
        if pass.cuts > 0 { cuts.wrappingAdd(UInt64(pass.cuts), ordering: .relaxed) }
    }

    /// Tells the writer what the rows hold now.
    func publish() {
        var lowest = UInt64.max
        var early = UInt64.max
        for g in groups.indices {
            lowest = min(lowest, groups[g].floor)
            if g > 0, !groups[g].rows.isEmpty { early = min(early, groups[g].flushedHead) }
        }
        promised = lowest
        floor.store(lowest, ordering: .releasing)
        earlyAt.store(early == .max ? .max : early + UInt64(log.options.denseEarlyBytes), ordering: .relaxed)
    }

    /// One timer for all rows that are behind: NIO does not report writability to who sends past it.
    private func armRetry(_ deadline: UInt64) {
        guard deadline < retryAt else { return }
        retryAt = deadline
        let log = log
        loop.scheduleTask(deadline: NetClock.deadline(deadline)) {
            withExtendedLifetime(log) {
                guard self.retryAt == deadline else { return }
                self.retryAt = .max
                self.pass { pass in
                    for g in self.groups.indices { self.flush(group: g, &pass, onlyBehind: true) }
                }
            }
        }
    }
}
