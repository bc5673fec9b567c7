import NIOCore
import Synchronization

extension PlayerTable {
    /// Arms the tick of the next phase that has rows; re-armed by deadline, so it does not drift.
    func armTick(_ after: UInt64) {
        guard !isTicking else { return }
        let base = after / DensePhase.step
        for k in 1...UInt64(DensePhase.count) {
            let at = base + k
            guard !groups[1 + Int(at % UInt64(DensePhase.count))].rows.isEmpty else { continue }
            isTicking = true
            isAsleep.store(false, ordering: .relaxed)
            let log = log
            loop.scheduleTask(deadline: NetClock.deadline(at * DensePhase.step + log.phaseShift)) {
                withExtendedLifetime(log) { self.tick(at) }
            }
            return
        }
    }

    private func tick(_ at: UInt64) {
        isTicking = false
        pass { pass in
            flush(group: 1 + Int(at % UInt64(DensePhase.count)), &pass)
            restOrGoOn(after: at, &pass)
        }
    }

    /// Sleeps when every phase has everything; the writer's next batch wakes the table.
    private func restOrGoOn(after at: UInt64, _ pass: inout FlushPass) {
        guard hasDenseRows else { return }
        for g in 1..<groups.count where !groups[g].rows.isEmpty && groups[g].flushedHead != pass.head {
            return goOn(after: at, pass.now)
        }
        isAsleep.store(true, ordering: .sequentiallyConsistent)
        if log.head.load(ordering: .sequentiallyConsistent) != pass.head { goOn(after: at, pass.now) }
    }

    /// A late loop skips the ticks that a whole round has overtaken.
    private func goOn(after at: UInt64, _ now: UInt64) {
        let round = DensePhase.step * UInt64(DensePhase.count)
        let due = at * DensePhase.step
        armTick(due + round < now ? now : due)
    }

    /// A poke for dense rows: flush phases for which much waits, wake the tick.
    func flushEarly(_ pass: inout FlushPass) {
        let limit = UInt64(log.options.denseEarlyBytes)
        for g in 1..<groups.count where !groups[g].rows.isEmpty && pass.head > groups[g].flushedHead + limit {
            flush(group: g, &pass)
        }
        if hasDenseRows { armTick(pass.now) }
    }
}
