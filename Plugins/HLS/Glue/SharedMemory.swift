import Synchronization

/// How many streams with a DVR window there are: they share `dvr_memory_mb` in equal parts.
final class SharedMemory: Sendable {
    /// One stream's part; given back when it is let go.
    final class Share: Sendable {
        private let memory: SharedMemory

        fileprivate init(_ memory: SharedMemory) {
            self.memory = memory
            memory.count.withLock { $0 += 1 }
        }

        deinit { memory.count.withLock { $0 -= 1 } }

        /// The most bytes that one stream may keep at the moment.
        func bytes(of total: Int) -> Int { total / max(1, memory.count.withLock { $0 }) }
    }

    private let count = Mutex(0)

    /// A part for one more stream.
    func share() -> Share { Share(self) }
}
