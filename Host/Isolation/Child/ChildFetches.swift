import CSluice

/// The plugin's HTTP requests under way, by numbers of this process' own.
struct ChildFetches: @unchecked Sendable {
    struct Entry {
        let done: sluice_fetch_done
        let context: UnsafeMutableRawPointer?
    }

    private var next: UInt64 = 0
    private var open: [UInt64: Entry] = [:]

    mutating func add(_ entry: Entry) -> UInt64 {
        next += 1
        open[next] = entry
        return next
    }

    mutating func take(_ number: UInt64) -> Entry? { open.removeValue(forKey: number) }
    func has(_ number: UInt64) -> Bool { open[number] != nil }
}

extension ChildServices {
    nonisolated(unsafe) static let fetch = keep(
        sluice_fetch_service(
            struct_size: size(sluice_fetch_service.self), reserved: 0,
            start: { _, request, done, context, operation, error in
                guard let request, let done, let operation else { return SLUICE_E_INVALID }
                let entry = ChildFetches.Entry(done: done, context: context)
                // Known before it is asked for: the answer may be first.
                let number = plugin.open.withLock { $0.fetches.add(entry) }
                let status = ask(.startFetch, error: error) {
                    $0.u64(number)
                    $0.fetchRequest(request.pointee)
                }
                if status == SLUICE_OK {
                    operation.pointee = number
                } else {
                    _ = plugin.open.withLock { $0.fetches.take(number) }
                }
                return status
            },
            cancel: { _, operation in
                guard plugin.open.withLock({ $0.fetches.has(operation) }) else { return SLUICE_E_STALE }
                plugin.link.send(WireWriter(.cancelFetch, id: operation).finished())
                return SLUICE_OK
            }))
}

extension HostedPlugin {
    /// [control]
    func fetched(_ message: Message) throws {
        guard let entry = open.withLock({ $0.fetches.take(message.id) }) else { return }
        try message.reading { reader in try reader.fetchAnswer { entry.done(entry.context, $0) } }
    }
}
