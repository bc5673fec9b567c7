import CHostNet
import NIOCore
import Synchronization

/// Rows that stall within a record: they take one shared copy of its rest and let go of the log.
///
/// Such a row waits for a join point at or after the record's end, like any row that has jumped; its rest goes out before all else.
extension PlayerTable {
    /// Takes a row off the log that could jump if it were not within a record; called when its socket did not take all.
    func letGo(_ row: inout PlayerRow, _ player: PlayerChannelHandler, _ pass: inout FlushPass) {
        guard !row.flags.contains(.waiting), row.cursor < pass.slowBelow, !log.isBoundary(row.cursor, head: pass.head) else {
            return
        }
        let end = log.boundary(atOrAfter: row.cursor, head: pass.head)
        guard pass.latestJoin > end + 1 || row.cursor < pass.expired, countJump(&row, &pass) else { return }
        guard let record = rest(of: row.cursor, to: end) else {
            return cut(row, "reader too slow: lapped within a record", &pass)
        }
        record.holders += 1
        player.rest = HeldRest(record: record, cursor: row.cursor, since: pass.now)
        row.flags.formUnion([.waiting, .rest])
        row.cursor = end + 1
        pass.hasRests = true
    }

    /// The copy that covers `offset..<end`, where `end` is the end of the record around `offset`.
    private func rest(of offset: UInt64, to end: UInt64) -> RecordRest? {
        if let known = rests[end], known.start <= offset { return known }
        // Below the table's floor the bytes may have gone, and none of its rows can still come to them.
        let start = log.recordStart(of: offset, notBelow: min(promised, offset))
        guard let record = RecordRest(of: log, from: start, to: end) else { return nil }
        rests[end] = record
        log.restBytes.wrappingAdd(record.bytes.count, ordering: .relaxed)
        return record
    }

    /// Sends what is left of a row's record; true when all of it went.
    func sendRest(_ row: inout PlayerRow, _ player: PlayerChannelHandler, _ pass: inout FlushPass) -> Bool {
        guard let rest = player.rest else {
            row.flags.remove(.rest)
            return true
        }
        let limit = max(1, log.options.stallMilliseconds)
        guard pass.now - rest.since < UInt64(limit) * 1_000_000 else {
            cut(row, "reader too slow: one record takes longer than \(limit) ms", &pass)
            return false
        }
        let sent = row.flags.contains(.transformed) ? handOver(rest.left, player) : direct(rest.left, row)
        if sent > 0 {
            pass.sentBytes += UInt64(sent)
            player.rest?.cursor += UInt64(sent)
            if player.rest?.isEmpty ?? true {
                release(player)
                row.flags.remove(.rest)
                return true
            }
        } else if row.flags.contains(.transformed), player.hasDrained() {
            row.stalledSince = 0
        }
        noteBehind(&row, sent, &pass)
        return false
    }

    private func direct(_ bytes: UnsafeRawBufferPointer, _ row: PlayerRow) -> Int {
        #if DEBUG
            SocketCheck.check(row)
        #endif
        return hostnet_send(row.fd, bytes.baseAddress, bytes.count)
    }

    /// Through the pipeline, as much at a time as from the log; 0 while it is full.
    private func handOver(_ bytes: UnsafeRawBufferPointer, _ player: PlayerChannelHandler) -> Int {
        guard player.isWritable else { return 0 }
        let piece = UnsafeRawBufferPointer(rebasing: bytes.prefix(LogSegment.size / 2))
        writes.append((player, ByteBuffer(bytes: piece)))
        return piece.count
    }

    /// The player does not need its rest any more: sent, or gone.
    func release(_ player: PlayerChannelHandler) {
        guard let record = player.rest?.record else { return }
        player.rest = nil
        record.holders -= 1
        guard record.holders == 0 else { return }
        log.restBytes.wrappingSubtract(record.bytes.count, ordering: .relaxed)
        if rests[record.end] === record { rests[record.end] = nil }
    }

    /// After a walk: when all rests of the log take more than their bound, this table's oldest go, and their holders with them.
    func boundRests(_ pass: inout FlushPass) {
        var excess = log.restBytes.load(ordering: .relaxed) - log.restLimit
        while excess > 0, let oldest = rests.values.min(by: { $0.end < $1.end }) {
            excess -= oldest.bytes.count
            rests[oldest.end] = nil  // given back when the last holder has gone
            for g in groups.indices {
                for row in groups[g].rows where row.flags.contains(.rest) {
                    guard row.owner._withUnsafeGuaranteedRef({ $0.rest?.record === oldest }) else { continue }
                    cut(row, "reader too slow: records that slow readers stand in take more than \(log.restLimit) bytes", &pass)
                }
            }
        }
    }
}
