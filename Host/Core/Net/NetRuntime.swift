import CHostNet
import NIOCore
import NIOPosix

/// The I/O threads of the host: one event loop per thread, made once, in a fixed order.
///
/// Owns the threads. Knows nothing of listeners, connections or logs; these hold it, never the reverse.
public final class NetRuntime: Sendable {
    /// The loops as NIO sees them, for bootstraps.
    public let group: MultiThreadedEventLoopGroup
    /// The loops in their fixed order; a log has one table of players per entry.
    public let loops: [any EventLoop]

    private let audioClocks: [AudioClock]
    private let pacers: [TurnPacer]

    /// Starts the threads; 0 means one per CPU of the affinity mask.
    public init(threads: Int = 0) {
        let count = threads > 0 ? threads : Int(hostnet_cpu_count())
        group = MultiThreadedEventLoopGroup(numberOfThreads: count)
        loops = Array(group.makeIterator())
        audioClocks = loops.map { AudioClock(loop: $0) }
        pacers = loops.map { TurnPacer(loop: $0) }
    }

    func audioClock(of loop: any EventLoop) -> AudioClock? { index(of: loop).map { audioClocks[$0] } }

    func pacer(of loop: any EventLoop) -> TurnPacer? { index(of: loop).map { pacers[$0] } }

    /// Number of I/O threads.
    public var threads: Int { loops.count }

    /// The next loop in turn, for work that has no connection to follow.
    public func nextLoop() -> any EventLoop { group.next() }

    /// Position of a loop in `loops`, nil for a loop of another group.
    public func index(of loop: any EventLoop) -> Int? {
        loops.firstIndex { $0 === loop }
    }

    /// Stops the threads, closing every channel left; blocks, so never call it on a loop.
    public func shutdown() {
        try? group.syncShutdownGracefully()
    }

    /// Stops the threads, closing every channel left.
    public func shutdown() async {
        try? await group.shutdownGracefully()
    }
}
