import HostHTTP
import HostPaths
import NIOCore
import NIOHTTP1
import Testing

extension SocketSuites {
    /// What must end in a 4xx or a close, and never in a second answer, a 5xx or a trap.
    @Suite struct HostileRequestTests {
        static let malformed: [(String, Int)] = [
            (
                "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n",
                400
            ),
            (
                "POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\nGET /x HTTP/1.1\r\nHost: a\r\n\r\n",
                400
            ),
            ("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd", 400),
            ("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", 400),
            ("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc", 400),
            ("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
            ("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\nabc", 400),
            ("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 0x3\r\n\r\nabc", 400),
            ("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400),
            ("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
            ("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n", 400),
            ("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n", 400),
            ("POST /x HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
            ("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", 400),
            ("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n\r\n", 400),
            ("POST /x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n", 400),
            ("GET /x HTTP/1.1\r\n\r\n", 400),
            ("GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
            ("GET /x HTTP/1.1\r\nHost: a/b\r\n\r\n", 400),
            ("GET /x HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400),
            ("GET /x HTTP/1.1\r\nHost: a\r\n: empty\r\n\r\n", 400),
            ("GET /x HTTP/1.1\r\nHost: a\r\nX\r\n\r\n", 400),
            ("GET /x HTTP/1.1\r\nHost: a\r\nX y: z\r\n\r\n", 400),
            ("GET /x HTTP/3.7\r\nHost: a\r\n\r\n", 400),
            ("GET /x\r\n\r\n", 400),
            ("BREW /x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("\u{16}\u{3}\u{1}\0\u{1}hello\r\n\r\n", 400),
            ("GET /x#y HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("GET x HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
            ("GET /\u{E9} HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        ]

        @Test(arguments: malformed)
        func malformedIsAnsweredOnce(_ request: String, _ status: Int) throws {
            let server = try TestServer()
            try server.route("/x", [.GET, .POST]) { $0.respond(HTTPResponse(status: 200, text: "ok")) }
            let client = try server.client()
            client.send(request)
            let answer = try #require(client.response())
            #expect(answer.status == status)
            if answer["connection"] == "close" { #expect(client.readToEnd() == [], "a second answer came") }
        }

        @Test func largeHeads() throws {
            let server = try TestServer()
            try server.route("/x") { $0.respond(HTTPResponse(status: 200, text: "ok")) }
            func status(_ lines: String) throws -> Int? {
                try server.answer("GET /x HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n")?.status
            }
            #expect(try status("X: " + String(repeating: "a", count: 8000) + "\r\n") == 200)
            #expect(try status("X: " + String(repeating: "a", count: 8193) + "\r\n") == 431)
            #expect(try status("X: " + String(repeating: "a", count: 1 << 20) + "\r\n") == 431)
            #expect(try status(String(repeating: "X: " + String(repeating: "a", count: 4000) + "\r\n", count: 4)) == 200)
            #expect(try status(String(repeating: "X: " + String(repeating: "a", count: 4000) + "\r\n", count: 5)) == 431)
            #expect(try status(String(repeating: "X: a\r\n", count: 99)) == 200)
            #expect(try status(String(repeating: "X: a\r\n", count: 100)) == 431)
            let long = try server.get("/" + String(repeating: "a", count: 100_000))?.status
            #expect(long == 431 || long == 414)
        }

        @Test func slowHeadsAndBodiesAreCut() async throws {
            var limits = HTTPLimits()
            limits.headTime = .milliseconds(700)
            limits.bodyTime = .milliseconds(700)
            limits.idleTime = .milliseconds(700)
            let server = try TestServer(limits: limits)
            try server.route("/x", [.GET, .POST]) { $0.respond(HTTPResponse(status: 200, text: "ok")) }
            let head = "GET /x HTTP/1.1\r\nHost: a\r\n"
            let starts = [
                "", head, head + "\r\n", head + "\r\n" + head, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n",
            ]
            let clients = try starts.map { start in
                let client = try server.client()
                client.send(start)
                return client
            }
            for _ in 0..<8 {
                try await Task.sleep(for: .milliseconds(100))
                for client in clients.dropFirst(3) { client.send("X: y\r\n") }
                clients[1].send("X: y\r\n")
            }
            for client in clients { #expect(client.readToEnd() != nil, "still held") }
            #expect(await eventually { server.service.counters.connections == 0 })
        }

        @Test(arguments: [
            "../", "..%2f", "%2e%2e/", "%252e%252e%252f", "%c0%ae%c0%ae/", "..\\", "....//", "%5c..%5c", "..%00/", ";/../",
        ])
        func traversalFormsAreNeverServed(_ form: String) throws {
            let server = try TestServer()
            try server.route("/{app}/{stream}") { $0.respond(HTTPResponse(status: 200, text: "root:")) }
            for base in ["/", "/live/", "/hls/"] {
                let status = try server.get(base + String(repeating: form, count: 8) + "etc/passwd")?.status ?? 0
                // Twice encoded dots are one part with an odd name: harmless text, handed over as such.
                #expect((400..<500).contains(status) || (form == "%252e%252e%252f" && status == 200), "\(base)\(form): \(status)")
            }
        }

        @Test func textOfAPeerNeverBecomesAHeader() throws {
            let server = try TestServer()
            try server.route("/x") { exchange in
                let value = exchange.request.headers.first(name: "x") ?? ""
                exchange.respond(
                    HTTPResponse(
                        status: 200, text: "ok",
                        headers: [
                            "Good": value, "Bad": "a\r\nInjected: yes", "Worse\r\nInjected": "yes", "Content-Length": "99",
                            "Transfer-Encoding": "chunked",
                        ]))
            }
            #expect(try server.get("/x?u=%0d%0aInjected:%20yes")?.status == 400)
            #expect(try server.get("/x%0d%0aInjected:%20yes")?.status == 400)
            let answer = try #require(try server.get("/x", "X: fine"))
            #expect(answer["good"] == "fine")
            #expect(answer["injected"] == nil && answer["bad"] == nil && answer["transfer-encoding"] == nil)
            #expect(answer["content-length"] == "2")
        }

        @Test func flippedAndCutRequestsLeaveTheServerServing() throws {
            let server = try TestServer(
                limits: {
                    var limits = HTTPLimits()
                    limits.headTime = .milliseconds(300)
                    limits.bodyTime = .milliseconds(300)
                    return limits
                }())
            try server.route("/{x}", [.GET, .POST]) { $0.respond(status: 200, body: $0.request.body) }
            let whole = Array(
                "POST /a?b=%41 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nRange: bytes=0-1\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
                    .utf8)
            for count in 0...whole.count {
                let client = try server.client()
                client.send(Array(whole[..<count]))
                client.close()
            }
            var random = SplitMix(seed: 42)
            for _ in 0..<300 {
                var bytes = whole
                for _ in 0...Int(random.next() % 3) {
                    bytes[Int(random.next() % UInt64(bytes.count))] ^= 1 << UInt8(random.next() % 8)
                }
                let client = try server.client()
                client.send(bytes)
                client.shutWriting()
                let status = client.response(seconds: 2)?.status ?? 400
                #expect(status < 500, "\(String(decoding: bytes, as: UTF8.self))")
            }
            #expect(try server.get("/fine")?.status == 200)
        }

        @Test func aHandlerThatNeverAnswersIsAnsweredFor() throws {
            var limits = HTTPLimits()
            limits.handlerTime = .milliseconds(200)
            let server = try TestServer(limits: limits)
            try server.route("/x") { _ in }
            #expect(try server.get("/x")?.status == 503)
        }

        @Test func onlyTheFirstAnswerCounts() throws {
            let server = try TestServer()
            try server.route("/x") { exchange in
                #expect(exchange.respond(HTTPResponse(status: 200, text: "first")))
                #expect(!exchange.respond(HTTPResponse(status: 200, text: "second")))
                #expect(!exchange.begin(status: 200))
                #expect(!exchange.park(ParkKey(owner: "a", "b"), for: .seconds(1)))
            }
            let client = try server.client()
            client.send("GET /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            #expect(client.response()?.text == "first")
            #expect(client.readToEnd() == [])
        }
    }
}
