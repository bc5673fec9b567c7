import HostFetch

extension Server {
    /// Requests of one plugin under way at once.
    static let fetchLimit = 1000

    /// [any] Begins a plugin's request; `done` comes on the control thread, once, unless the generation has gone by then.
    func fetch(
        _ request: FetchRequest, for generation: PluginGeneration,
        done: @escaping @Sendable (Result<FetchAnswer, FetchError>) -> Void
    ) throws(FetchError) -> UInt64 {
        guard generation.leases.fetches.wrappingAdd(1, ordering: .relaxed).newValue <= Self.fetchLimit else {
            generation.leases.fetches.wrappingSubtract(1, ordering: .relaxed)
            throw .busy(limit: Self.fetchLimit)
        }
        let open = PluginFetch(generation: generation)
        let handle = fetches.insert(open)
        do throws(FetchError) {
            guard handle != 0 else { throw .busy(limit: Self.fetchLimit) }
            let operation = try fetchClient.start(request, egress: generation.egress) { result in
                self.control.post {
                    guard self.fetches.remove(handle) != nil else { return }
                    generation.leases.fetches.wrappingSubtract(1, ordering: .relaxed)
                    done(result)
                }
            }
            open.operation.withLock { $0 = operation }
            return handle
        } catch {
            fetches.remove(handle)
            generation.leases.fetches.wrappingSubtract(1, ordering: .relaxed)
            throw error
        }
    }

    /// [any] `done` comes with `cancelled`, unless it is on its way.
    func cancelFetch(_ handle: UInt64, of generation: PluginGeneration) -> Bool {
        guard let open = fetches[handle], open.generation === generation else { return false }
        open.operation.withLock { $0 }?.cancel()
        return true
    }

    /// [control] The generation ends: what it asked for is asked for no more, and it hears nothing of it.
    func dropFetches(of generation: PluginGeneration) {
        for handle in fetches.handles(where: { $0.generation === generation }) {
            guard let open = fetches.remove(handle) else { continue }
            generation.leases.fetches.wrappingSubtract(1, ordering: .relaxed)
            open.operation.withLock { $0 }?.cancel()
        }
    }
}
