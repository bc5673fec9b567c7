import NIOCore

/// One event loop as the router sees it: what runs there is serial. Streams that were pushed to in a turn deliver at its end.
final class Lane: @unchecked Sendable {
    let loop: any EventLoop
    private var dirty: [LiveStream] = []

    init(loop: any EventLoop) { self.loop = loop }

    var isCurrent: Bool { loop.inEventLoop }

    /// [lane] This stream has frames to deliver when the turn ends.
    func mark(_ stream: LiveStream) { dirty.append(stream) }

    /// [lane] The end of a turn: every stream that was pushed to hands its batch to its subscribers.
    func settle() {
        while !dirty.isEmpty {
            let streams = dirty
            dirty.removeAll(keepingCapacity: true)
            for stream in streams { stream.deliver() }
        }
    }

    /// Runs `body` on the lane: now when this is the lane, else later.
    func run(_ body: @escaping @Sendable () -> Void) {
        if loop.inEventLoop { body() } else { loop.execute(body) }
    }

    /// Runs `body` on the lane, later, as a turn of its own.
    func post(_ body: @escaping @Sendable () -> Void) {
        loop.execute {
            body()
            self.settle()
        }
    }
}
