/// Threads for work that may block, made when there is work and none is free; at most four.
final class WorkerPool: Sendable {
    static let threads = 4
    static let limit = 10_000

    private struct State: Sendable {
        var work: [@Sendable () -> Void] = []
        var made = 0
    }

    private let state = Monitor(State())

    /// `false`: too much waits, or no thread can be made.
    func run(_ work: @escaping @Sendable () -> Void) -> Bool {
        let (taken, grows) = state.withLock(wake: true) { state in
            guard state.work.count < Self.limit else { return (false, false) }
            state.work.append(work)
            let grows = state.made < Self.threads
            if grows { state.made += 1 }
            return (true, grows)
        }
        if grows { grow() }
        return taken
    }

    private func grow() {
        let thread = OwnThread("worker") { [self] in
            while true {
                let next = state.wait(until: { _ in nil }) { state -> (@Sendable () -> Void)? in
                    state.work.isEmpty ? nil : state.work.removeFirst()
                }
                next?()
            }
        }
        if let thread {
            thread.detach()
        } else {
            state.withLock { $0.made -= 1 }
        }
    }
}
