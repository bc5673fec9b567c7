import CHostNet
import NIOCore

/// Spaces the turns of a loop that many publishers send to, so that each turn takes what several of them sent.
///
/// Hundreds of publishers would wake the loop for every message of each of them: an `epoll_wait`, cold caches and a flush for a few
/// microseconds of work. From 500 messages a second on the loop ends such a turn by waiting out the rest of 5 ms and takes what arrived
/// meanwhile at one go, as a network card does with its interrupts. With fewer nobody ever waits. Confined to its loop.
final class TurnPacer: @unchecked Sendable {
    /// Least time between the ends of two turns, ns.
    private static let spacing: UInt64 = 5_000_000
    /// Reads are counted for so long, ns; so many of them in it begin the spacing, or keep it up.
    private static let window: UInt64 = 100_000_000
    private static let crowd = 50

    private let loop: any EventLoop
    private var isArmed = false
    private var isSpacing = false
    private var reads = 0
    private var windowEnd: UInt64 = 0
    private var lastTurn: UInt64 = 0

    init(loop: any EventLoop) { self.loop = loop }

    /// A publisher's bytes were read in this turn.
    func noteRead() {
        reads += 1
        guard !isArmed, isSpacing || reads >= Self.crowd else { return }
        isArmed = true
        // Twice: behind the tasks that this turn's reads leave.
        loop.assumeIsolated().execute { self.loop.assumeIsolated().execute { self.endTurn() } }
    }

    private func endTurn() {
        isArmed = false
        let now = NetClock.now
        if now >= windowEnd {
            isSpacing = reads >= Self.crowd && now &- windowEnd < Self.window
            reads = 0
            windowEnd = now &+ Self.window
        }
        let next = lastTurn &+ Self.spacing
        let waits = isSpacing && now < next
        lastTurn = waits ? next : now
        if waits { hostnet_sleep_until(next) }
    }
}
