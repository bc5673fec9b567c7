import NIOCore
import Synchronization

extension PlayerTable {
    /// Adds a player at the latest join point, or waiting for the first.
    func add(_ player: PlayerChannelHandler, fd: Int32, pace: BroadcastPace) {
        if let point = log.takeJoinPoint(for: self, from: 0) {
            player.outbox.append(prefix: point.prefix)
            insert(player, fd: fd, pace: pace, cursor: point.offset, waiting: false)
        } else {
            insert(player, fd: fd, pace: pace, cursor: 0, waiting: true)
        }
    }

    /// Adds a player that comes from a replaced log; `entry` is where its new log continues the old.
    func adopt(_ player: PlayerChannelHandler, fd: Int32, pace: BroadcastPace, entry: UInt64, waiting: Bool) {
        let reachable = log.join.withLock { state in
            guard !waiting, entry >= state.tail else { return false }
            floor.store(0, ordering: .relaxed)
            return true
        }
        insert(player, fd: fd, pace: pace, cursor: entry, waiting: !reachable)
    }

    private func insert(_ player: PlayerChannelHandler, fd: Int32, pace: BroadcastPace, cursor: UInt64, waiting: Bool) {
        let g = pace == .low ? 0 : 1 + densePhase()
        var flags: PlayerRow.Flags = fd < 0 ? .transformed : []
        if waiting { flags.insert(.waiting) }
        if !player.outbox.isEmpty { flags.insert(.outbox) }
        if player.isDetaching { flags.insert(.detaching) }
        if groups[g].rows.isEmpty {
            groups[g].flushedHead = log.head.load(ordering: .acquiring)
            groups[g].floor = .max
        }
        player.table = self
        player.group = g
        player.slot = groups[g].rows.count
        groups[g].rows.append(PlayerRow(cursor: cursor, fd: fd, flags: flags, owner: .passUnretained(player)))
        if !waiting { groups[g].floor = min(groups[g].floor, cursor) }
        players.wrappingAdd(1, ordering: .relaxed)
        if g == 0 { hasLowRows.store(true, ordering: .sequentiallyConsistent) } else { armTick(NetClock.now) }
        publish()
        poke(player)
    }

    /// Takes a player out; does nothing when it is not in.
    func remove(_ player: PlayerChannelHandler) {
        let g = player.group
        let i = player.slot
        guard player.table === self, groups.indices.contains(g), groups[g].rows.indices.contains(i) else { return }
        player.table = nil
        player.slot = -1
        release(player)
        let last = groups[g].rows.removeLast()
        if i < groups[g].rows.count {
            groups[g].rows[i] = last
            last.owner._withUnsafeGuaranteedRef { $0.slot = i }
        }
        players.wrappingSubtract(1, ordering: .relaxed)
        guard groups[g].rows.isEmpty else { return }
        groups[g].rows = []
        groups[g].floor = .max
        if g == 0 {
            hasLowRows.store(false, ordering: .relaxed)
        } else if !hasDenseRows {
            isAsleep.store(false, ordering: .relaxed)
        }
        publish()
    }

    /// Notes that a player's outbox got bytes, or that it wants to leave.
    func flag(_ player: PlayerChannelHandler, _ flags: PlayerRow.Flags) {
        guard player.table === self, groups.indices.contains(player.group),
            groups[player.group].rows.indices.contains(player.slot)
        else { return }
        groups[player.group].rows[player.slot].flags.formUnion(flags)
        poke(player)
    }

    var hasDenseRows: Bool {
        for g in 1..<groups.count where !groups[g].rows.isEmpty { return true }
        return false
    }

    /// Few players share a phase, so that a small log ticks ten times a second and not fifty.
    private func densePhase() -> Int {
        var total = 0
        for g in 1..<groups.count { total += groups[g].rows.count }
        let open = min(DensePhase.count, total / DensePhase.fill + 1)
        var best = log.phaseBase
        // Each round begins with another phase: who looks at every fifth player sees all phases, too.
        for k in 0..<open {
            let phase = (log.phaseBase + (k + total / open) % open) % DensePhase.count
            if k == 0 || groups[1 + phase].rows.count < groups[1 + best].rows.count { best = phase }
        }
        return best
    }
}
