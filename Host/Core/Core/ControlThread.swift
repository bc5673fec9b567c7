import NIOCore
import NIOPosix

/// The one thread on which plugins' [control] calls are made, in order.
final class ControlThread: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let loop: any EventLoop

    init() { loop = group.next() }

    /// Runs `body` later.
    func post(_ body: @escaping @Sendable () -> Void) { loop.execute(body) }

    /// Runs `body` now and waits; not from the control thread's own turn, where it simply runs.
    func sync<R: Sendable>(_ body: @escaping @Sendable () throws -> R) throws -> R {
        if loop.inEventLoop { return try body() }
        return try loop.submit(body).wait()
    }

    func stop() { try? group.syncShutdownGracefully() }
}
