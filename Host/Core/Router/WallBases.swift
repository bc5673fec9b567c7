import HostMedia
import Synchronization

/// The wall clocks that groups of streams share, for as long as a group has an input. Safe from any thread.
final class WallBases: Sendable {
    private struct Shared: Sendable {
        let base = WallBase()
        var inputs = 0
    }

    private let shared = Mutex<[String: Shared]>([:])

    /// How many groups have one.
    var count: Int { shared.withLock(\.count) }

    /// An input of the group begins; `leave` has to follow.
    func enter(_ group: String) -> WallBase {
        shared.withLock { shared in
            shared[group, default: Shared()].inputs += 1
            return shared[group]?.base ?? WallBase()
        }
    }

    /// It has ended; with the last one the group's clock goes.
    func leave(_ group: String) {
        shared.withLock { shared in
            guard var found = shared[group] else { return }
            found.inputs -= 1
            shared[group] = found.inputs > 0 ? found : nil
        }
    }
}
