import CSluice
import Synchronization

/// What keeps requests until the host's client has let go of them.
struct HostFetches: Sendable {
    /// Of the process that runs, by its numbers.
    var open: [UInt64: HostFetch] = [:]
    /// Of processes that died.
    var orphans: [ObjectIdentifier: HostFetch] = [:]
}

/// One HTTP request of a plugin's process, under way in the host. Kept by the supervisor until its answer comes.
final class HostFetch: @unchecked Sendable {
    let number: UInt64
    unowned let supervisor: Supervisor
    /// Set before anybody else may look.
    fileprivate(set) var operation: sluice_handle = 0

    init(_ number: UInt64, _ supervisor: Supervisor) {
        self.number = number
        self.supervisor = supervisor
    }

    /// [the plugin's control thread in the host]
    fileprivate func finish(_ answer: UnsafePointer<sluice_fetch_answer>) {
        let isOurs = supervisor.fetches.withLock { fetches in
            if fetches.orphans.removeValue(forKey: ObjectIdentifier(self)) != nil { return false }
            fetches.open[number] = nil
            return true
        }
        guard isOurs else { return }
        var writer = WireWriter(.fetched, id: number, reserving: 1024 + Int(clamping: min(answer.pointee.body.size, 1 << 20)))
        writer.fetchAnswer(answer.pointee)
        if let message = writer.finished(), supervisor.outbox.send(message) { return }
        var failed = sluice_fetch_answer()
        failed.failure = SLUICE_E_LIMIT
        var short = WireWriter(.fetched, id: number)
        short.fetchAnswer(failed)
        _ = supervisor.outbox.send(short.finished())
    }
}

extension Supervisor {
    func startFetch(_ reader: inout WireReader, _ services: HostServices, _ place: Place) throws {
        let number = try reader.u64()
        let fetch = HostFetch(number, self)
        let isNew = fetches.withLock { fetches in
            guard fetches.open[number] == nil else { return false }
            fetches.open[number] = fetch
            return true
        }
        guard isNew else { return place.done(SLUICE_E_DUPLICATE) }
        var error = sluice_error.make()
        let status = try reader.fetchRequest { request in
            var wish = request.pointee
            wish.response_limit = min(wish.response_limit == 0 ? 1 << 20 : wish.response_limit, UInt64(fetchBodyLimit))
            return services.fetch?.pointee.start?(
                services.host, &wish,
                { context, answer in
                    guard let context, let answer else { return }
                    Unmanaged<HostFetch>.fromOpaque(context).takeUnretainedValue().finish(answer)
                }, Unmanaged.passUnretained(fetch).toOpaque(), &fetch.operation, &error)
        }
        if status != SLUICE_OK { fetches.withLock { _ = $0.open.removeValue(forKey: number) } }
        place.done(status, error)
    }

    func cancelFetch(_ number: UInt64, _ services: HostServices) {
        guard let fetch = fetches.withLock({ $0.open[number] }) else { return }
        _ = services.fetch?.pointee.cancel?(services.host, fetch.operation)
    }

    /// The process has died: nobody waits for its answers.
    func dropFetches(_ services: HostServices) {
        let open = fetches.withLock { fetches in
            let open = Array(fetches.open.values)
            for fetch in open { fetches.orphans[ObjectIdentifier(fetch)] = fetch }
            fetches.open = [:]
            return open
        }
        for fetch in open { _ = services.fetch?.pointee.cancel?(services.host, fetch.operation) }
    }
}
