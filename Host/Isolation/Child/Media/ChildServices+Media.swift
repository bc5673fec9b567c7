import CSluice
import Synchronization

/// Services of media: records of the object that a handle stands for. A handle that is none of the plugin's own is STALE.
extension ChildServices {
    nonisolated(unsafe) static let broadcast = keep(
        sluice_broadcast_service(
            struct_size: size(sluice_broadcast_service.self), reserved: 0,
            append: { _, log, first, second, flags in
                guard let object = plugin.sinks.object(ofLog: log), let port = plugin.media else { return SLUICE_E_STALE }
                guard first.size < 8 << 20, second.size < 8 << 20 else { return SLUICE_E_LIMIT }
                let sent = port.send(.sinkAppend, object: object, reserving: Int(first.size + second.size) + 16) {
                    $0.u32(flags)
                    $0.blob(first)
                    $0.blob(second)
                }
                return sent ? SLUICE_OK : SLUICE_E_LIMIT
            },
            set_prefix: { _, log, prefix in
                guard let object = plugin.sinks.object(ofLog: log), let port = plugin.media else { return SLUICE_E_STALE }
                guard prefix.size <= 1 << 20 else { return SLUICE_E_LIMIT }
                return port.send(.sinkPrefix, object: object) { $0.blob(prefix) } ? SLUICE_OK : SLUICE_E_LIMIT
            },
            attach: { _, connection, request, error in
                guard let request else { return SLUICE_E_INVALID }
                return ChildServices.attach(connection, request.pointee, error)
            },
            detach: { _, connection in ChildServices.detach(connection) }))

    static func setAttribute(_ stream: UInt64, _ key: sluice_text, _ value: sluice_text) -> Int32 {
        guard key.size > 0 else { return SLUICE_E_INVALID }
        if let object = plugin.sources.object(ofStream: stream) { return plugin.sources.setAttribute(object, key, value) }
        guard let object = plugin.sinks.object(ofSink: stream), let port = plugin.media else { return SLUICE_E_STALE }
        let sent = port.send(.sinkAttribute, object: object) {
            $0.text(key)
            $0.text(value)
        }
        return sent ? SLUICE_OK : SLUICE_E_LIMIT
    }

    // MARK: Requests

    private static let nextBody = Atomic<UInt64>(0)
    /// A response of more than one record: its body goes before it, in pieces.
    private static let pieceSize = 4 << 20
    private static let bodyLimit: UInt64 = 60 << 20

    /// Sends all of a body but its last piece. nil: it is too large.
    private static func sendPieces(_ body: sluice_bytes, _ port: MediaPort) -> (number: UInt64, rest: sluice_bytes)? {
        guard body.size > UInt64(pieceSize), var place = body.data else { return (0, body) }
        guard body.size <= bodyLimit else { return nil }
        let number = nextBody.wrappingAdd(1, ordering: .relaxed).newValue
        var left = Int(body.size)
        while left > pieceSize {
            let piece = sluice_bytes(data: place, size: UInt64(pieceSize))
            let sent = port.send(.responsePiece, object: 0, reserving: pieceSize + 32) {
                $0.u64(number)
                $0.blob(piece)
            }
            guard sent else { return nil }
            place += pieceSize
            left -= pieceSize
        }
        return (number, sluice_bytes(data: place, size: UInt64(left)))
    }

    /// By the ring, in order with what the media thread said before. Refused, the request is ended.
    static func respond(_ exchange: UInt64, _ response: sluice_response, _ port: MediaPort) -> Int32 {
        if let (number, rest) = sendPieces(response.body, port) {
            var last = response
            last.body = rest
            let sent = port.send(.response, object: 0, reserving: Int(rest.size) + 512) {
                $0.u64(exchange)
                $0.u64(number)
                $0.response(last)
            }
            if sent { return SLUICE_OK }
        }
        plugin.refused(.refusedRequest, exchange, "an answer of a process of its own is at most 60 MiB")
        return SLUICE_E_LIMIT
    }

    static func park(_ exchange: UInt64, _ key: sluice_text, _ deadline: UInt64) -> Int32 {
        guard let port = plugin.media else { return SLUICE_E_UNSUPPORTED }
        guard key.size > 0, key.size <= 128 else { return SLUICE_E_INVALID }
        guard let object = plugin.open.withLock({ $0.exchanges.removeValue(forKey: exchange) }) else { return SLUICE_E_STALE }
        guard object != 0 else {
            plugin.refused(.refusedRequest, exchange, "only a request of a route with a sink can be held")
            return SLUICE_E_STATE
        }
        let sent = port.send(.sinkPark, object: object) {
            $0.u64(exchange)
            $0.text(key)
            $0.u64(deadline)
        }
        return sent ? SLUICE_OK : SLUICE_E_LIMIT
    }

    /// Who waits is the host's to know: the answer is 0.
    static func release(_ sink: UInt64, _ key: sluice_text, _ response: sluice_response) -> Int64 {
        guard let object = plugin.sinks.object(ofSink: sink), let port = plugin.media else { return Int64(SLUICE_E_STALE) }
        guard let (number, rest) = sendPieces(response.body, port) else { return Int64(SLUICE_E_LIMIT) }
        var last = response
        last.body = rest
        let sent = port.send(.sinkRelease, object: object, reserving: Int(rest.size) + 512) {
            $0.text(key)
            $0.u64(number)
            $0.response(last)
        }
        return sent ? 0 : Int64(SLUICE_E_LIMIT)
    }

    static func attach(
        _ exchange: UInt64, _ request: sluice_attach, _ response: sluice_response, _ webSocket: UInt32,
        _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        guard plugin.open.withLock({ $0.exchanges[exchange] != nil }) else {
            return refuse(error, SLUICE_E_STALE, "the client has gone")
        }
        var head = response
        head.body = sluice_bytes()
        let status = ask(.attachExchange, error: error) {
            $0.u64(exchange)
            $0.u32(webSocket)
            $0.attach(request)
            $0.response(head)
        }
        if status == SLUICE_OK { plugin.open.withLock { _ = $0.exchanges.removeValue(forKey: exchange) } }
        return status
    }
}
