import CSluice
import HostFetch
import HostPaths

extension ServiceTables {
    nonisolated(unsafe) static let fetch = keep(
        sluice_fetch_service(
            struct_size: size(sluice_fetch_service.self), reserved: 0,
            start: { host, request, done, context, operation, error in
                guard let generation = PluginGeneration.from(host), let request, let done, let operation else {
                    return SLUICE_E_INVALID
                }
                nonisolated(unsafe) let context = context
                let wish = wish(request.pointee, now: generation.server.now)
                do throws(FetchError) {
                    operation.pointee = try generation.server.fetch(wish, for: generation) { deliver($0, done, context) }
                    return SLUICE_OK
                } catch let refusal {
                    return refuse(error, status(refusal), refusal.description)
                }
            },
            cancel: { host, operation in
                guard let generation = PluginGeneration.from(host) else { return SLUICE_E_INVALID }
                return generation.server.cancelFetch(operation, of: generation) ? SLUICE_OK : SLUICE_E_STALE
            }))

    private static func wish(_ raw: sluice_fetch_request, now: UInt64) -> FetchRequest {
        let left = raw.deadline_ns > now ? raw.deadline_ns - now : 0
        return FetchRequest(
            method: raw.method.size == 0 ? "GET" : raw.method.string(limit: 64),
            address: raw.url.string(limit: Origin.addressLimit + 1),
            headers: copyPairs(raw.headers, raw.header_count, limit: FetchRequest.headerLimit + 1),
            body: [UInt8](raw.body.unsafeBytes.prefix(FetchRequest.bodyLimit + 1)),
            nanoseconds: raw.deadline_ns == 0 ? 8_000_000_000 : left,
            responseLimit: raw.response_limit == 0 ? 1 << 20 : Int(min(raw.response_limit, 64 << 20)))
    }

    private static func deliver(
        _ result: Result<FetchAnswer, FetchError>, _ done: sluice_fetch_done, _ context: UnsafeMutableRawPointer?
    ) {
        let arena = TextArena()
        var answer = sluice_fetch_answer()
        answer.struct_size = size(sluice_fetch_answer.self)
        switch result {
        case .failure(let error):
            answer.failure = status(error)
            answer.reason = arena.text(error.description)
        case .success(let found):
            answer.status = UInt32(clamping: found.status)
            answer.headers = arena.pairs(found.headers)
            answer.header_count = UInt32(clamping: found.headers.count)
            answer.body = arena.bytes(found.body)
        }
        withExtendedLifetime(arena) { done(context, &answer) }
    }

    static func status(_ error: FetchError) -> Int32 {
        switch error {
        case .invalid: SLUICE_E_INVALID
        case .denied: SLUICE_E_DENIED
        case .busy, .tooLarge: SLUICE_E_LIMIT
        case .unreachable: SLUICE_E_BACKEND
        case .timeout: SLUICE_E_TIMEOUT
        case .cancelled: SLUICE_E_CANCELLED
        }
    }
}
