import HostPaths
import Synchronization
import Testing

@testable import HostFetch

@Suite struct FetchTests {
    /// Fetches and waits.
    private func fetch(
        _ client: FetchClient, _ request: FetchRequest, egress: [String]
    ) async throws(FetchError) -> FetchAnswer {
        let result = await withCheckedContinuation {
            (continuation: CheckedContinuation<Result<FetchAnswer, FetchError>, Never>) in
            do throws(FetchError) {
                _ = try client.start(request, egress: egress.compactMap { Origin(address: $0) }) {
                    continuation.resume(returning: $0)
                }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    private func with(_ answers: [String: String], _ body: (RawServer, FetchClient) async throws -> Void) async throws {
        let (server, client) = (try RawServer(answers), FetchClient())
        defer {
            client.shutdown()
            server.stop()
        }
        try await body(server, client)
    }

    @Test func anAnswerComesWhole() async throws {
        try await with(["/a?b=c": "HTTP/1.1 201 Made\r\nX-One: two\r\nContent-Length: 5\r\n\r\nhello"]) { server, client in
            let request = FetchRequest(
                method: "POST", address: server.origin + "/a?b=c", headers: [("Authorization", "Bearer x")],
                body: Array("body!".utf8))
            let answer = try await fetch(client, request, egress: [server.origin])
            #expect(answer.status == 201)
            #expect(answer.body == Array("hello".utf8))
            #expect(answer.headers.contains { $0 == ("x-one", "two") })
            let seen = server.seen.requests.withLock { $0.first ?? "" }
            #expect(seen.hasPrefix("POST /a?b=c HTTP/1.1\r\n"))
            #expect(seen.contains("Authorization: Bearer x\r\n"))
            #expect(seen.hasSuffix("\r\n\r\nbody!"))
        }
    }

    @Test func connectionsAreUsedAgain() async throws {
        try await with(["/": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"]) { server, client in
            for _ in 0..<20 { _ = try await fetch(client, FetchRequest(address: server.origin + "/"), egress: [server.origin]) }
            // The next request may begin before the connection is back in the pool; it is not one for each.
            #expect(server.seen.connections.load(ordering: .relaxed) < 5)
        }
    }

    @Test func whatGoesWrongIsSaid() async throws {
        let answers = [
            "/hangs": "", "/resets": RawServer.reset, "/garbage": "HELO 200\r\n\r\nwhat",
            "/redirects": "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/secret\r\nContent-Length: 0\r\n\r\n",
            "/fails": "HTTP/1.1 500 No\r\nContent-Length: 2\r\n\r\nno",
            "/says it is large": "",
            "/large": "HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + String(repeating: "x", count: 4000),
            "/chunks": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + String(repeating: "x", count: 2000)
                + "\r\n0\r\n\r\n",
            "/short": "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
        ]
        try await with(answers) { server, client in
            // Only what never comes is not waited for.
            func failure(_ path: String, within milliseconds: UInt64 = 60_000) async -> FetchError? {
                let request = FetchRequest(
                    address: server.origin + path, nanoseconds: milliseconds * 1_000_000, responseLimit: 1000)
                do throws(FetchError) {
                    _ = try await fetch(client, request, egress: [server.origin])
                    return nil
                } catch {
                    return error
                }
            }
            #expect(await failure("/hangs", within: 500) == .timeout)
            #expect(await failure("/short", within: 500) == .timeout)
            #expect(await failure("/large") == .tooLarge(limit: 1000))
            #expect(await failure("/chunks") == .tooLarge(limit: 1000))
            for path in ["/resets", "/garbage"] {
                guard case .unreachable(let text) = await failure(path) else {
                    Issue.record("\(path) did not fail as unreachable")
                    continue
                }
                #expect(text.hasPrefix("http://127.0.0.1:\(server.port): "))
                #expect(!text.contains(path))
            }
            // An answer is an answer, whatever its status; no redirect is followed.
            let moved = try await fetch(client, FetchRequest(address: server.origin + "/redirects"), egress: [server.origin])
            #expect(moved.status == 302)
            #expect(moved.headers.contains { $0 == ("location", "http://127.0.0.1:1/secret") })
            #expect(
                try await fetch(client, FetchRequest(address: server.origin + "/fails"), egress: [server.origin]).status == 500)
        }
    }

    @Test func nobodyListens() async throws {
        let (server, client) = (try RawServer([:]), FetchClient())
        let origin = server.origin
        server.stop()
        defer { client.shutdown() }
        await #expect(throws: FetchError.self) { try await fetch(client, FetchRequest(address: origin + "/"), egress: [origin]) }
    }

    @Test func cancelledOnce() async throws {
        try await with(["/": ""]) { server, client in
            let egress = [try #require(Origin(address: server.origin))]
            let result = await withCheckedContinuation {
                (continuation: CheckedContinuation<Result<FetchAnswer, FetchError>, Never>) in
                do throws(FetchError) {
                    let operation = try client.start(FetchRequest(address: server.origin + "/"), egress: egress) {
                        continuation.resume(returning: $0)
                    }
                    operation.cancel()
                    operation.cancel()
                } catch {
                    continuation.resume(returning: .failure(error))
                }
            }
            #expect(throws: FetchError.cancelled) { try result.get() }
        }
    }

    @Test func afterShutdownNothingBegins() {
        let client = FetchClient()
        client.shutdown()
        let egress = [Origin(address: "http://127.0.0.1:9")].compactMap(\.self)
        #expect(throws: FetchError.cancelled) {
            try client.start(FetchRequest(address: "http://127.0.0.1:9/"), egress: egress) { _ in }
        }
    }

    @Test(arguments: [
        ("GET", "http://127.0.0.1/", [("Host", "x")]), ("GET", "http://127.0.0.1/", [("A b", "x")]),
        ("GET", "http://127.0.0.1/", [("A", "x\r\nB: y")]), ("GE T", "http://127.0.0.1/", []), ("", "http://127.0.0.1/", []),
        ("GET", "http://user@127.0.0.1/", []), ("GET", "ftp://127.0.0.1/", []), ("GET", "http://127.0.0.1:0/", []),
        ("GET", "http://127.0.0.1\\@example.com/", []), ("GET", "", []), ("GET", "http://", []),
    ])
    func refusedBeforeAnythingLeaves(method: String, address: String, headers: [(String, String)]) {
        let egress = [Origin(address: "http://127.0.0.1")].compactMap(\.self)
        let request = FetchRequest(method: method, address: address, headers: headers)
        do throws(FetchError) {
            _ = try request.origin(allowedBy: egress)
            Issue.record("taken")
        } catch {
            guard case .invalid = error else {
                Issue.record("\(error)")
                return
            }
        }
    }
}

@Suite struct OriginTests {
    @Test(arguments: [
        ("http://example.com", "http://example.com:80"), ("HTTPS://Example.COM/a?b#c", "https://example.com:443"),
        ("http://[::1]:8080/x", "http://[::1]:8080"), ("https://a-b.c_d.e:65535", "https://a-b.c_d.e:65535"),
        ("http://example.com?x", "http://example.com:80"), ("http://example.com#x@y", "http://example.com:80"),
    ])
    func read(address: String, origin: String) { #expect(Origin(address: address)?.description == origin) }

    @Test(arguments: [
        "example.com", "http:/example.com", "http://", "http:///x", "http://a@b", "http://a:b@c/", "http://a:99999", "http://a:",
        "http://a:-1",
        "http://[::1", "http://[g]/", "http://[]/", "http://[::1]x/", "http://a b/", "http://a\u{0}/", "http://a\\b/",
        "http://é/",
    ])
    func refused(address: String) { #expect(Origin(address: address) == nil) }

    @Test(arguments: [
        ("http://example.com", "http://example.com/", true), ("http://example.com", "https://example.com/", false),
        ("http://example.com", "http://example.com:81/", false), ("http://example.com", "http://www.example.com/", false),
        ("https://*.example.com", "https://a.example.com/", true), ("https://*.example.com", "https://a.b.example.com/", true),
        ("https://*.example.com", "https://example.com/", false), ("https://*.example.com", "https://evilexample.com/", false),
        ("https://*.example.com", "https://*.example.com/", false),
    ])
    func covers(entry: String, address: String, isCovered: Bool) throws {
        let (entry, other) = (try #require(Origin(address: entry)), try #require(Origin(address: address)))
        #expect(entry.covers(other) == isCovered)
    }
}
