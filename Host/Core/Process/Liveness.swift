import HostNet
import NIOCore
import Synchronization

/// Whether loops still turn: each is asked to note the time; one that has not for too long is stuck. Any thread.
public final class Liveness: Sendable {
    private final class Turn: Sendable {
        let name: String
        let loop: any EventLoop
        /// Monotonic ns of the last turn that was asked for.
        let last: Atomic<UInt64>
        let isAsked = Atomic<Bool>(false)

        init(_ name: String, _ loop: any EventLoop) {
            self.name = name
            self.loop = loop
            last = Atomic(NetClock.now)
        }
    }

    private let turns: [Turn]

    init(_ loops: [(name: String, loop: any EventLoop)]) { turns = loops.map { Turn($0.name, $0.loop) } }

    /// Asks every loop that has answered; what a stuck loop owes does not pile up.
    public func ask() {
        for turn in turns where turn.isAsked.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged {
            turn.loop.execute {
                turn.last.store(NetClock.now, ordering: .relaxed)
                turn.isAsked.store(false, ordering: .relaxed)
            }
        }
    }

    /// Loops that have not turned within the last `nanoseconds`; `ask` has to come several times as often.
    public func stuck(for nanoseconds: UInt64) -> [String] {
        let now = NetClock.now
        return turns.filter { now &- min($0.last.load(ordering: .relaxed), now) > nanoseconds }.map(\.name)
    }
}
