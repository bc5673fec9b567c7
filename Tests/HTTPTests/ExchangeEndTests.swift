import HostHTTP
import HostNet
import HostPaths
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

extension SocketSuites {
    /// `onClose` is called exactly once however an exchange ends, so that whoever keeps books about exchanges can close them.
    @Suite struct ExchangeEndTests {
        private final class Ends: Sendable {
            let count = Atomic<Int>(0)
            func watch(_ exchange: HTTPExchange) { exchange.onClose { self.count.wrappingAdd(1, ordering: .relaxed) } }
            var now: Int { count.load(ordering: .relaxed) }
        }

        @Test func answeredReleasedAndOutOfTime() async throws {
            var limits = HTTPLimits()
            limits.handlerTime = .milliseconds(100)
            let server = try TestServer(limits: limits)
            let ends = Ends()
            try server.route("/{what}") { exchange in
                ends.watch(exchange)
                switch exchange.request.parameter("what") {
                case "answer": exchange.respond(status: 200, body: [])
                case "park": exchange.park(ParkKey(owner: "a", 1), for: .seconds(10))
                case "expire": exchange.park(ParkKey(owner: "a", 2), for: .milliseconds(100))
                case "stream":
                    exchange.begin(status: 200)
                    exchange.end()
                default: break
                }
            }
            for (index, what) in ["answer", "expire", "never", "stream"].enumerated() {
                #expect(try server.get("/" + what) != nil)
                #expect(await eventually { ends.now == index + 1 }, "\(what)")
            }
            let client = try server.client()
            client.send("GET /park HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await eventually { server.service.parking.count == 1 })
            #expect(ends.now == 4)
            server.service.parking.release(ParkKey(owner: "a", 1), HTTPResponse(status: 200))
            #expect(client.response()?.status == 200)
            #expect(await eventually { ends.now == 5 })
            client.send("GET /park HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await eventually { server.service.parking.count == 1 })
            client.close()
            #expect(await eventually { ends.now == 6 && server.service.counters.connections == 0 })
        }

        @Test func playersAndThoseThatDidNotBecomeOne() async throws {
            let server = try TestServer()
            let ends = Ends()
            let log = BroadcastLog(runtime: server.runtime, writer: server.runtime.loops[0])
            try server.route("/a.flv") { exchange in
                ends.watch(exchange)
                exchange.attach(to: log, headers: [:])
            }
            #expect(try server.answer("HEAD /a.flv HTTP/1.1\r\nHost: a\r\n\r\n")?.status == 200)
            #expect(await eventually { ends.now == 1 })
            let client = try server.client()
            client.send("GET /a.flv HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await eventually { log.playerCount == 1 })
            #expect(ends.now == 1)
            client.close()
            #expect(await eventually { ends.now == 2 })
            server.runtime.loops[0].execute { log.close("over") }
            #expect(await eventually { !log.isOpen })
            #expect(try server.get("/a.flv")?.status == 503)
            #expect(await eventually { ends.now == 3 })
        }

        @Test func watchedTooLate() async throws {
            let server = try TestServer()
            let ends = Ends()
            try server.route("/x") { exchange in
                exchange.respond(status: 200, body: [])
                ends.watch(exchange)
            }
            #expect(try server.get("/x")?.status == 200)
            #expect(await eventually { ends.now == 1 })
        }
    }
}
