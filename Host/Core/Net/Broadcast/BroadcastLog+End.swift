import NIOCore
import Synchronization

extension BroadcastLog {
    /// Ends the log; writer's loop. Nothing is appended any more.
    ///
    /// Players are closed with `reason` once they have everything that is in the log; with `keepPlayers` they stay, to be replaced,
    /// detached or closed one by one.
    public func close(_ reason: String, keepPlayers: Bool = false) {
        writerLoop.assertInEventLoop()
        let now = state.load(ordering: .relaxed)
        guard now == LogState.open.rawValue || now == LogState.held.rawValue else { return }
        join.withLock { $0.reason = reason }
        state.store((keepPlayers ? LogState.held : .closed).rawValue, ordering: .sequentiallyConsistent)
        for table in tables { table.poke(.all) }
    }

    /// Where the next record begins; writer's loop.
    public var end: UInt64 {
        writerLoop.assertInEventLoop()
        return writeHead
    }

    /// What players who join from elsewhere are sent first, as it was set last; writer's loop.
    public var currentPrefix: [UInt8] {
        writerLoop.assertInEventLoop()
        return prefix
    }

    /// Whether records are still taken.
    public var isOpen: Bool { state.load(ordering: .acquiring) == LogState.open.rawValue }

    /// Ends `old` and moves its players to `new`; on the loop that is the writer of both.
    ///
    /// Each player reads `old` to its end, gets `bridge`, and goes on in `new` at the record at `entry`: by default the one that is
    /// appended there next. Players that wait for a join point get `bridge` now and wait on in `new`. Players that come too late for
    /// that record begin at the latest join point of `new`.
    public static func replace(_ old: BroadcastLog, with new: BroadcastLog, bridge: [UInt8], entry: UInt64? = nil) {
        old.writerLoop.assertInEventLoop()
        new.writerLoop.assertInEventLoop()
        let now = old.state.load(ordering: .relaxed)
        guard now == LogState.open.rawValue || now == LogState.held.rawValue, old !== new else { return }
        old.join.withLock { $0.successor = .init(log: new, entry: min(entry ?? new.writeHead, new.writeHead), bridge: bridge) }
        old.state.store(LogState.replaced.rawValue, ordering: .sequentiallyConsistent)
        for table in old.tables { table.poke(.all) }
    }
}
