import HostHTTP
import HostNet
import HostPaths
import NIOCore
import NIOHTTP1

/// A service on a port of its own on loopback, gone with the test.
final class TestServer: Sendable {
    let runtime: NetRuntime
    let service: HTTPService
    let listener: HTTPListener

    init(
        _ configuration: HTTPService.Configuration = .media, limits: HTTPLimits = .init(), parking: ParkingLot = .init(),
        threads: Int = 2, tls: TLSContext? = nil
    ) throws {
        runtime = NetRuntime(threads: threads)
        var configuration = configuration
        configuration.limits = limits
        service = HTTPService(configuration, routes: RouteTable(), parking: parking)
        let counter = ConnectionCounter(limits: ConnectionLimits(total: 5000, unauthenticatedPerAddress: 5000))
        let settings = ListenerSettings(address: "127.0.0.1", port: 0, tls: tls, counter: counter)
        listener = try HTTPListener.listen(on: runtime, settings, service: service)
    }

    deinit {
        listener.stop()
        runtime.shutdown()
    }

    var port: Int { listener.port }

    func route(
        _ pattern: String, _ methods: [HTTPMethod] = [.GET], needsNoToken: Bool = false, _ handler: @escaping HTTPHandler
    ) throws {
        let pattern = try PathPattern(pattern)
        try service.routes.add([
            Route(owner: "test", pattern: pattern, methods: methods, needsNoToken: needsNoToken, handler: handler)
        ])
    }

    func client() throws -> Client { try Client(port: port) }

    /// One request on a connection of its own.
    func answer(_ request: String) throws -> Answer? {
        let client = try client()
        client.send(request)
        return client.response(isHEAD: request.hasPrefix("HEAD"))
    }

    func get(_ target: String, _ headers: String...) throws -> Answer? {
        try answer("GET \(target) HTTP/1.1\r\nHost: localhost\r\n" + headers.map { $0 + "\r\n" }.joined() + "\r\n")
    }
}

/// Waits until `isTrue` or the time is over.
func eventually(seconds: Double = 60, _ isTrue: () -> Bool) async -> Bool {
    let end = Client.now() + seconds
    while !isTrue() {
        guard Client.now() < end else { return false }
        try? await Task.sleep(for: .milliseconds(5))
    }
    return true
}
