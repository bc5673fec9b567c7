import Glibc
import HostHTTP
import HostPaths
import NIOCore
import NIOHTTP1
import Testing

extension SocketSuites {
    /// Requests that wait: release, deadline, capacity, clients that go.
    @Suite struct ParkingTests {
        private static let request = "GET /x HTTP/1.1\r\nHost: a\r\n\r\n"

        private func server(capacity: Int = 10_000, seconds: Int64 = 20) throws -> TestServer {
            let server = try TestServer(parking: ParkingLot(capacity: capacity))
            try server.route("/x") { $0.park(ParkKey(owner: "hls", 7), for: .seconds(seconds)) }
            try server.route("/y") { $0.park(ParkKey(owner: "hls", "y"), for: .milliseconds(200)) }
            return server
        }

        @Test func oneReleaseAnswersAThousand() async throws {
            var limit = rlimit()
            getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            limit.rlim_cur = min(limit.rlim_max, 8192)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
            let server = try server()
            let clients = try (0..<1000).map { _ in
                let client = try server.client()
                client.send(ParkingTests.request)
                return client
            }
            let lot = server.service.parking
            #expect(await eventually { lot.count == 1000 })
            #expect(lot.count(ParkKey(owner: "hls", 7)) == 1000)
            #expect(lot.release(ParkKey(owner: "hls", 8), HTTPResponse(status: 200)) == 0)
            let body = String(repeating: "#EXTINF\n", count: 500)
            #expect(lot.release(ParkKey(owner: "hls", 7), HTTPResponse(status: 200, text: body)) == 1000)
            #expect(lot.count == 0)
            for client in clients { #expect(client.response()?.text == body) }
            // The connections are ordinary ones again.
            for client in clients.prefix(3) { client.send(ParkingTests.request) }
            #expect(await eventually { lot.count == 3 })
            lot.releaseAll(owner: "hls", HTTPResponse(status: 503, text: "gone"))
            for client in clients.prefix(3) { #expect(client.response()?.status == 503) }
        }

        @Test func deadlineAnswers503() throws {
            let server = try server()
            let client = try server.client()
            let start = Client.now()
            client.send("GET /y HTTP/1.1\r\nHost: a\r\n\r\n")
            let answer = try #require(client.response())
            #expect(answer.status == 503)
            #expect(answer["retry-after"] == "1")
            #expect(Client.now() - start > 0.15)
            #expect(server.service.parking.count == 0)
        }

        @Test func fullLotAnswersAtOnce() async throws {
            let server = try server(capacity: 2)
            let clients = try (0..<2).map { _ in try server.client() }
            for client in clients { client.send(ParkingTests.request) }
            #expect(await eventually { server.service.parking.count == 2 })
            #expect(try server.get("/x")?.status == 503)
            clients[0].close()
            #expect(await eventually { server.service.parking.count == 1 })
        }

        @Test func clientsThatGoAreForgotten() async throws {
            let server = try server()
            let clients = try (0..<20).map { _ in try server.client() }
            for client in clients { client.send(ParkingTests.request) }
            #expect(await eventually { server.service.parking.count == 20 })
            for (index, client) in clients.enumerated() {
                switch index % 3 {
                case 0: client.close()
                case 1: client.shutWriting()
                default:
                    var reset = linger(l_onoff: 1, l_linger: 0)
                    setsockopt(client.descriptor, SOL_SOCKET, SO_LINGER, &reset, socklen_t(MemoryLayout<linger>.size))
                    client.close()
                }
            }
            #expect(await eventually { server.service.parking.count == 0 })
            #expect(await eventually { server.service.counters.connections == 0 })
        }

        @Test func releaseAndDeadlineNeverAnswerTwice() async throws {
            let server = try server()
            try server.route("/z") { $0.park(ParkKey(owner: "hls", "z"), for: .milliseconds(250)) }
            let clients = try (0..<50).map { _ in try server.client() }
            for client in clients { client.send("GET /z HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") }
            let end = Client.now() + 0.6
            while Client.now() < end {
                server.service.parking.release(ParkKey(owner: "hls", "z"), HTTPResponse(status: 200, text: "r"))
            }
            for client in clients {
                let status = try #require(client.response()).status
                #expect(status == 200 || status == 503)
                #expect(client.readToEnd() == [])
            }
        }

        @Test func parkedRequestHoldsBackThoseBehindIt() async throws {
            let server = try server()
            try server.route("/now") { $0.respond(HTTPResponse(status: 200, text: "now")) }
            let client = try server.client()
            client.send(ParkingTests.request + "GET /now HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await eventually { server.service.parking.count == 1 })
            #expect(client.response(seconds: 0.2) == nil)
            server.service.parking.release(ParkKey(owner: "hls", 7), HTTPResponse(status: 200, text: "first"))
            #expect(client.response()?.text == "first")
            #expect(client.response()?.text == "now")
        }
    }
}
