import CHostNet
import NIOCore
import Synchronization

extension PlayerTable {
    /// One send per row that wants something. No allocation, lock, or reference count for a row that is up to date.
    func flush(group g: Int, _ pass: inout FlushPass, onlyBehind: Bool = false) {
        guard !groups[g].rows.isEmpty else { return }
        var lowest = UInt64.max
        groups[g].rows.withUnsafeMutableBufferPointer { rows in
            for i in rows.indices {
                if rows[i].flags.isEmpty, rows[i].cursor >= pass.slowBelow {
                    if !onlyBehind { sendAll(&rows[i], &pass) }
                } else if !onlyBehind || rows[i].flags.contains(.behind) {
                    flushCarefully(&rows[i], &pass)
                }
                if !rows[i].flags.contains(.waiting) { lowest = min(lowest, rows[i].cursor) }
            }
        }
        groups[g].floor = lowest
        if !onlyBehind { groups[g].flushedHead = pass.head }
    }

    /// Tries one row; the group's floor stays as low as it was.
    func flushOne(_ player: PlayerChannelHandler, _ pass: inout FlushPass) {
        let g = player.group
        let i = player.slot
        guard groups.indices.contains(g), groups[g].rows.indices.contains(i) else { return }
        flushCarefully(&groups[g].rows[i], &pass)
        if !groups[g].rows[i].flags.contains(.waiting) { groups[g].floor = min(groups[g].floor, groups[g].rows[i].cursor) }
    }

    @inline(__always)
    private func sendAll(_ row: inout PlayerRow, _ pass: inout FlushPass) {
        guard row.cursor != pass.head else { return }
        #if DEBUG
            SocketCheck.check(row)
        #endif
        let sent = pass.send(row.fd, from: row.cursor, to: pass.head)
        if sent > 0 {
            row.cursor += UInt64(sent)
            pass.sentBytes += UInt64(sent)
            if row.cursor == pass.head { return }
        }
        noteBehind(&row, sent, &pass)
    }

    /// The socket did not take all: when to try again, and whether to go on at all.
    /// False when it is cut.
    @inline(never) @discardableResult
    func noteBehind(_ row: inout PlayerRow, _ sent: Int, _ pass: inout FlushPass) -> Bool {
        if sent < 0, let text = fatalText(Int32(truncatingIfNeeded: -sent)) {
            events.append((row.owner.takeUnretainedValue(), .cut(text)))  // it went by itself
            return false
        }
        row.flags.insert(.behind)
        if sent > 0 {
            row.stalledSince = 0
            row.retryAt = pass.now + 5_000_000
        } else {
            if row.stalledSince == 0 { row.stalledSince = pass.now }
            let stalled = pass.now - row.stalledSince
            if stalled >= UInt64(max(1, log.options.stallMilliseconds)) * 1_000_000 {
                cut(row, "reader too slow: no progress for \(log.options.stallMilliseconds) ms", &pass)
                return false
            }
            row.retryAt = pass.now + (stalled > 1_000_000_000 ? 100_000_000 : 25_000_000)
        }
        pass.nextRetry = min(pass.nextRetry, row.retryAt)
        return true
    }

    private func fatalText(_ code: Int32) -> String? {
        switch code {
        case EAGAIN, EINTR, ENOBUFS, ENOMEM: nil
        default: sendErrorText(code)
        }
    }

    func cut(_ row: PlayerRow, _ reason: String, _ pass: inout FlushPass) {
        pass.cuts += 1
        events.append((row.owner.takeUnretainedValue(), .cut(reason)))
    }

    /// Players at the end of a log that has ended.
    func collectFinished(_ pass: FlushPass) {
        let (successor, reason) = log.join.withLock { ($0.successor, $0.reason) }
        for g in groups.indices {
            for row in groups[g].rows {
                let waiting = row.flags.contains(.waiting)
                guard waiting ? !row.flags.contains(.rest) : row.cursor == pass.head else { continue }
                let player = row.owner.takeUnretainedValue()
                if let successor {
                    events.append((player, .moved(successor, waiting: waiting)))
                } else if !row.flags.contains(.outbox) {
                    events.append((player, .cut(reason)))
                }
            }
        }
    }

    /// After the walk, when rows may change again.
    func act() {
        if !writes.isEmpty {
            let batch = writes
            writes = []
            for (player, buffer) in batch { player.writeThrough(buffer) }
        }
        if !events.isEmpty {
            let batch = events
            events = []
            for (player, event) in batch where player.table === self { player.handle(event) }
        }
    }
}
