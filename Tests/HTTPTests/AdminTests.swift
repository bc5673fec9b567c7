import HostHTTP
import HostPaths
import NIOCore
import NIOHTTP1
import Testing

extension SocketSuites {
    /// The admin listener: token, Host names, event stream.
    @Suite struct AdminTests {
        private static let token = "0123456789abcdef-secret"

        private func server() throws -> TestServer {
            let server = try TestServer(.admin(AdminGate(token: AdminTests.token, hostNames: ["admin.example"])))
            try server.route("/healthz", needsNoToken: true) { $0.respond(HTTPResponse(status: 200, text: "ok")) }
            try server.route("/api/v1/streams") {
                $0.respond(HTTPResponse(status: 200, text: "[]", contentType: "application/json"))
            }
            return server
        }

        static let authorizations: [(String?, Int)] = [
            (nil, 401), ("Bearer ", 401), ("Bearer", 401), ("Bearer x", 401), ("Basic 0123456789abcdef-secret", 401),
            ("Bearer 0123456789abcdef-secre", 401), ("Bearer 0123456789abcdef-secrets", 401),
            ("Bearer 0123456789abcdef-secreT", 401),
            ("0123456789abcdef-secret", 401), ("Bearer 0123456789abcdef-secret", 200), ("bearer 0123456789abcdef-secret", 200),
            ("Bearer 0123456789abcdef-secret\r\nAuthorization: Bearer x", 401),
        ]

        @Test(arguments: authorizations)
        func token(_ value: String?, _ status: Int) throws {
            let server = try server()
            let lines =
                (value.map { "Authorization: \($0)\r\n" } ?? "")
                + "X-Forwarded-For: 127.0.0.1\r\nOrigin: https://evil.example\r\n\r\n"
            let answer = try #require(try server.answer("GET /api/v1/streams HTTP/1.1\r\nHost: localhost\r\n" + lines))
            #expect(answer.status == status)
            #expect(answer["access-control-allow-origin"] == nil)
            if status == 401 {
                #expect(answer["www-authenticate"]?.hasPrefix("Bearer") == true)
                #expect(answer.text == "{\"error\":\"a valid bearer token is needed\"}\n")
            }
        }

        @Test func healthNeedsNoTokenAndUnknownPathsTellNothing() throws {
            let server = try server()
            #expect(try server.get("/healthz")?.status == 200)
            #expect(try server.answer("POST /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")?.status == 405)
            #expect(try server.get("/api/v1/nothing")?.status == 401)
            #expect(try server.get("/api/v1/nothing", "Authorization: Bearer \(AdminTests.token)")?.status == 404)
            #expect(try server.answer("PUT /api/v1/streams HTTP/1.1\r\nHost: localhost\r\n\r\n")?.status == 401)
        }

        static let hosts: [(String, Int)] = [
            ("localhost", 200), ("LOCALHOST:9080", 200), ("127.0.0.1:9080", 200), ("127.8.8.8", 200), ("[::1]:9080", 200),
            ("[::1]", 200),
            ("admin.example:1", 200), ("evil.example", 421), ("localhost.evil.example", 421), ("127.0.0.1.evil.example", 421),
            ("192.168.0.1", 421), ("127.0.0.256", 421), ("[::2]", 421), ("", 421),
        ]

        @Test(arguments: hosts)
        func hostNames(_ host: String, _ status: Int) throws {
            let server = try server()
            #expect(try server.answer("GET /healthz HTTP/1.1\r\nHost: \(host)\r\n\r\n")?.status == status)
        }

        @Test func bindingBeyondLoopbackNeedsTokenAndTLS() {
            for address in ["127.0.0.1", "127.0.0.9", "::1", "localhost"] {
                #expect(AdminGate.bindRefusal(address: address, hasToken: true, hasTLS: false) == nil)
            }
            #expect(AdminGate.bindRefusal(address: "0.0.0.0", hasToken: true, hasTLS: true) == nil)
            #expect(AdminGate.bindRefusal(address: "0.0.0.0", hasToken: true, hasTLS: false)?.contains("TLS") == true)
            #expect(AdminGate.bindRefusal(address: "::", hasToken: false, hasTLS: true)?.contains("token") == true)
            #expect(
                AdminGate.bindRefusal(address: "10.0.0.1", hasToken: false, hasTLS: false)?.contains("a token and TLS") == true)
        }

        @Test func anEmptyTokenOpensNothing() throws {
            let server = try TestServer(.admin(AdminGate(token: "")))
            try server.route("/x") { $0.respond(status: 200, body: []) }
            #expect(try server.get("/x", "Authorization: Bearer ")?.status == 401)
        }

        @Test func events() async throws {
            let server = try TestServer(threads: 2)
            var limits = EventStream.Limits()
            limits.clients = 2
            limits.heartbeat = .milliseconds(100)
            let events = EventStream(limits: limits)
            try server.route("/events") { events.add($0) }
            let request = "GET /events HTTP/1.1\r\nHost: a\r\n\r\n"
            let clients = try (0..<2).map { _ in try server.client() }
            for client in clients { client.send(request) }
            #expect(await eventually { events.count == 2 })
            #expect(try server.get("/events")?.status == 503)
            events.publish("stream\nstart", "{\"a\":1}\r\nline two")
            for client in clients {
                #expect(
                    client.read {
                        String(decoding: $0, as: UTF8.self).contains(
                            "id: 1\nevent: streamstart\ndata: {\"a\":1}\ndata: line two\n\n")
                    })
                #expect(client.read { String(decoding: $0, as: UTF8.self).contains("\r\n:\n\n\r\n") }, "heartbeat")
            }
            clients[0].close()
            #expect(await eventually { events.count == 1 })
            events.close()
            #expect(clients[1].read { String(decoding: $0, as: UTF8.self).hasSuffix("0\r\n\r\n") })
        }

        @Test func aClientThatDoesNotReadEventsIsDropped() async throws {
            let server = try TestServer()
            let events = EventStream()
            try server.route("/events") { events.add($0) }
            let client = try Client(port: server.port, receiveBuffer: 4096)
            client.send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(await eventually { events.count == 1 })
            let data = String(repeating: "x", count: 10_000)
            for _ in 0..<2000 where events.count == 1 {
                events.publish("x", data)
                try await Task.sleep(for: .milliseconds(1))
            }
            #expect(await eventually { events.count == 0 && server.service.counters.connections == 0 })
        }
    }
}
