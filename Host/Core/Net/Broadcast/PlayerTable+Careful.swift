import CHostNet
import NIOCore
import Synchronization

/// Rows that are not simply up to date: newcomers, slow ones, ones with bytes of their own, ones that leave, TLS.
extension PlayerTable {
    func flushCarefully(_ row: inout PlayerRow, _ pass: inout FlushPass) {
        if row.flags.contains(.behind), pass.now &+ 1_000_000 < row.retryAt,
            row.flags.contains(.waiting) || row.cursor >= pass.expired
        {
            pass.nextRetry = min(pass.nextRetry, row.retryAt)
            return
        }
        let player = row.owner.takeUnretainedValue()
        var round = 0
        while true {
            round += 1
            if row.flags.contains(.rest) {
                guard sendRest(&row, player, &pass) else { return }
            } else {
                guard let step = nextStep(&row, player, &pass) else { return }
                guard step.own || step.end > row.cursor else { break }
                guard transmit(step, &row, player, &pass) else { return }
            }
            if round == 8 {
                noteBehind(&row, 1, &pass)
                return
            }
        }
        row.flags.remove(.behind)
        row.stalledSince = 0
        if row.cursor == pass.head, !row.flags.contains(.waiting) { row.jumps = 0 }
    }

    /// What may be sent next: the player's own bytes and the log up to `end`.
    struct Step {
        var own: Bool
        var end: UInt64
    }

    /// Nil when the row is done with for this walk: cut or detached.
    private func nextStep(_ row: inout PlayerRow, _ player: PlayerChannelHandler, _ pass: inout FlushPass) -> Step? {
        if row.flags.contains(.waiting) { begin(&row, player, &pass) }
        if row.flags.contains(.waiting) {
            if row.flags.contains(.detaching), !row.flags.contains(.outbox) { return leave(row) }
            return Step(own: row.flags.contains(.outbox), end: row.cursor)
        }
        let isWhole = log.isBoundary(row.cursor, head: pass.head)
        if row.cursor < pass.slowBelow, isWhole {
            if !jump(&row, player, &pass) { return nil }
            if row.flags.contains(.waiting) { return Step(own: row.flags.contains(.outbox), end: row.cursor) }
        }
        let mayJump = row.cursor < pass.slowBelow && (pass.latestJoin > row.cursor + 1 || row.cursor < pass.expired)
        if !isWhole, mayJump || row.flags.contains(.outbox) || row.flags.contains(.detaching) {
            return Step(own: false, end: log.boundary(atOrAfter: row.cursor, head: pass.head))
        }
        if row.flags.contains(.detaching) {
            return row.flags.contains(.outbox) ? Step(own: true, end: row.cursor) : leave(row)
        }
        return Step(own: row.flags.contains(.outbox), end: pass.head)
    }

    private func leave(_ row: PlayerRow) -> Step? {
        events.append((row.owner.takeUnretainedValue(), .detached))
        return nil
    }

    /// A waiting row begins at a join point that is not behind it, once its earlier prefix has gone out.
    private func begin(_ row: inout PlayerRow, _ player: PlayerChannelHandler, _ pass: inout FlushPass) {
        guard pass.latestJoin > row.cursor, !player.outbox.holdsPrefix, !row.flags.contains(.detaching),
            let point = log.takeJoinPoint(for: self, from: row.cursor), point.offset < pass.head
        else { return }
        if row.jumps > 0 { pass.skippedBytes += point.offset - (row.cursor - 1) }
        row.cursor = point.offset
        row.flags.remove(.waiting)
        player.outbox.append(prefix: point.prefix)
        if !player.outbox.isEmpty { row.flags.insert(.outbox) }
    }

    /// A row that lags, at a record boundary: forward to the latest join point, or off the log until the next. False when it is cut.
    private func jump(_ row: inout PlayerRow, _ player: PlayerChannelHandler, _ pass: inout FlushPass) -> Bool {
        let helps = pass.latestJoin > row.cursor + 1
        guard helps || row.cursor < pass.expired else { return true }
        guard countJump(&row, &pass) else { return false }
        row.flags.insert(.waiting)
        row.cursor += 1
        begin(&row, player, &pass)
        return true
    }

    /// False when the row has jumped too often and is cut.
    func countJump(_ row: inout PlayerRow, _ pass: inout FlushPass) -> Bool {
        row.jumps += 1
        if Int(row.jumps) > log.options.maxJumps {
            cut(row, "reader too slow: \(log.options.maxJumps) jumps without catching up", &pass)
            return false
        }
        pass.jumps += 1
        return true
    }

    /// Sends a step; true when all of it went.
    private func transmit(
        _ step: Step, _ row: inout PlayerRow, _ player: PlayerChannelHandler, _ pass: inout FlushPass
    ) -> Bool {
        if row.flags.contains(.transformed) { return hand(step, &row, player, &pass) }
        #if DEBUG
            SocketCheck.check(row)
        #endif
        let start = row.cursor
        var sent: Int
        if step.own {
            sent = player.outbox.withBytes { pass.send(row.fd, own: $0, from: start, to: step.end) }
        } else {
            sent = pass.send(row.fd, from: start, to: step.end)
        }
        let result = sent
        if sent > 0 {
            pass.sentBytes += UInt64(sent)
            if step.own {
                sent -= player.outbox.consume(sent)
                if player.outbox.isEmpty { row.flags.remove(.outbox) }
            }
            row.cursor += UInt64(sent)
            if row.cursor == step.end, !(step.own && row.flags.contains(.outbox)) { return true }
        }
        if noteBehind(&row, result, &pass) { letGo(&row, player, &pass) }
        return false
    }

    /// The pipeline takes a step while it is writable; what it holds is bounded by its watermark and one buffer.
    private func hand(_ step: Step, _ row: inout PlayerRow, _ player: PlayerChannelHandler, _ pass: inout FlushPass) -> Bool {
        guard player.isWritable else {
            if player.hasDrained() { row.stalledSince = 0 }
            if noteBehind(&row, 0, &pass) { letGo(&row, player, &pass) }
            return false
        }
        var count = 0
        if step.own {
            let own = player.outbox.takeAll()
            count += own.readableBytes
            writes.append((player, own))
            row.flags.remove(.outbox)
        }
        if step.end > row.cursor {
            let buffer = pass.buffer(from: row.cursor, to: step.end)
            count += buffer.readableBytes
            row.cursor += UInt64(buffer.readableBytes)
            writes.append((player, buffer))
        }
        pass.sentBytes += UInt64(count)
        if row.cursor == step.end { return true }
        if noteBehind(&row, count, &pass) { letGo(&row, player, &pass) }
        return false
    }
}
