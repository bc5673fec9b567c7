import CSluice
import HostHTTP
import NIOCore
import NIOHTTP1

extension ServiceTables {
    nonisolated(unsafe) static let exchange = keep(
        sluice_exchange_service(
            struct_size: size(sluice_exchange_service.self), reserved: 0,
            respond: { host, exchange, response in
                guard let routed = PluginGeneration.from(host)?.server.exchanges[exchange], let response else {
                    return SLUICE_E_STALE
                }
                let sent = routed.exchange.respond(answer(response.pointee))
                routed.finish()
                return sent ? SLUICE_OK : SLUICE_E_STALE
            },
            begin: { host, exchange, response in
                guard let routed = PluginGeneration.from(host)?.server.exchanges[exchange], let response else {
                    return SLUICE_E_STALE
                }
                let begun = routed.exchange.begin(status: Int(response.pointee.status), headers: headers(response.pointee))
                return begun ? SLUICE_OK : SLUICE_E_STALE
            },
            write: { host, exchange, bytes in
                guard let routed = PluginGeneration.from(host)?.server.exchanges[exchange] else { return SLUICE_E_STALE }
                guard routed.exchange.pendingBytes + bytes.unsafeBytes.count <= 4 << 20 else { return SLUICE_E_LIMIT }
                guard routed.exchange.write(ByteBuffer(bytes: bytes.unsafeBytes)) else { return SLUICE_E_STALE }
                return routed.exchange.pendingBytes > 256 << 10 ? SLUICE_AGAIN : SLUICE_OK
            },
            end: { host, exchange in
                guard let routed = PluginGeneration.from(host)?.server.exchanges[exchange] else { return SLUICE_E_STALE }
                let ended = routed.exchange.end()
                routed.finish()
                return ended ? SLUICE_OK : SLUICE_E_STALE
            },
            park: { host, exchange, key, deadline in
                guard let generation = PluginGeneration.from(host), let routed = generation.server.exchanges[exchange] else {
                    return SLUICE_E_STALE
                }
                guard key.size > 0, key.size <= 128 else { return SLUICE_E_INVALID }
                let limit =
                    generation.server.now &+ UInt64(max(generation.server.limits.heldRequestMilliseconds, 0))
                    * 1_000_000
                let until = deadline == 0 ? limit : min(deadline, limit)
                let parked = routed.exchange.park(routed.parkKey(key.string), until: .uptimeNanoseconds(until))
                // Parked, it is the lot's; refused, it is answered.
                routed.finish()
                return parked ? SLUICE_OK : SLUICE_E_LIMIT
            },
            release: { host, sink, key, response in
                guard let generation = PluginGeneration.from(host), let response else { return Int64(SLUICE_E_INVALID) }
                guard generation.server.sinks[sink] != nil else { return Int64(SLUICE_E_STALE) }
                let parked = ParkKey(owner: RoutedExchange.parkOwner(plugin: generation.id, sink: sink), key.string)
                let parking = generation.server.parking
                guard parking.count(parked) > 0 else { return 0 }
                return Int64(parking.release(parked, answer(response.pointee)))
            },
            attach: { host, exchange, request, response, websocket, error in
                guard let generation = PluginGeneration.from(host), let request, let response else { return SLUICE_E_INVALID }
                return attach(generation.server, exchange, request.pointee, response.pointee, websocket != 0, error)
            }))

    private static func attach(
        _ server: Server, _ exchange: UInt64, _ request: sluice_attach, _ response: sluice_response, _ webSocket: Bool,
        _ error: UnsafeMutablePointer<sluice_error>?
    ) -> Int32 {
        guard let routed = server.exchanges[exchange] else { return refuse(error, SLUICE_E_STALE, "the client has gone") }
        guard let grant = routed.grant else { return refuse(error, SLUICE_E_DENIED, "the route did not ask whether it may play") }
        guard let wish = wish(request, grant) else { return refuse(error, SLUICE_E_LIMIT, "the head is over 64 KiB") }
        guard server.offers(format: wish.format, variant: wish.variant, app: grant.key.app) else {
            return refuse(error, SLUICE_E_UNSUPPORTED, "no output of the app \(grant.key.app) writes \(wish.format)")
        }
        routed.play(wish, headers: headers(response), isWebSocket: webSocket)
        return SLUICE_OK
    }

    private static func headers(_ response: sluice_response) -> HTTPHeaders {
        HTTPHeaders(copyPairs(response.headers, response.header_count))
    }

    private static func answer(_ response: sluice_response) -> HTTPResponse {
        HTTPResponse(status: Int(response.status), headers: headers(response), body: ByteBuffer(bytes: response.body.unsafeBytes))
    }
}
