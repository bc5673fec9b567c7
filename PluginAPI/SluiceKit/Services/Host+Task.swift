/// A closure on its way through the host's task service.
private final class Work {
    let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }

    static func run(_ context: UnsafeMutableRawPointer?) {
        guard let context else { return }
        Unmanaged<Work>.fromOpaque(context).takeRetainedValue().work()
    }
}

extension Host {
    /// Runs `body`, which may block, on one of the host's worker threads. Throws what it throws; `SLUICE_E_LIMIT` when too much waits.
    public func worker<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
        guard let task else { throw PluginError("the task service is not granted", code: SLUICE_E_DENIED) }
        return try await withCheckedThrowingContinuation { continuation in
            let work = Unmanaged.passRetained(Work { continuation.resume(with: Result { try body() }) })
            if task.pointee.run(pointer, { Work.run($0) }, nil, work.toOpaque()) != SLUICE_OK {
                work.release()
                continuation.resume(throwing: PluginError("too much work waits", code: SLUICE_E_LIMIT))
            }
        }
    }

    /// Runs `body` later on the plugin's control thread.
    public func onControl(_ body: @escaping @Sendable () -> Void) throws(PluginError) {
        guard let task else { throw PluginError("the task service is not granted", code: SLUICE_E_DENIED) }
        let work = Unmanaged.passRetained(Work(body))
        guard task.pointee.post(pointer, { Work.run($0) }, work.toOpaque()) == SLUICE_OK else {
            work.release()
            throw PluginError("too much work waits", code: SLUICE_E_LIMIT)
        }
    }
}
