import Glibc
import NIOConcurrencyHelpers
import NIOCore
import SluiceJSON
import Testing

@testable import sluice

@Suite struct AdminClientTests {
    static func fake() throws -> FakeAdmin {
        try FakeAdmin { request in
            guard request.authorization == "Bearer sesame" else {
                return .init(status: .unauthorized, pieces: [#"{"error":"token"}"#])
            }
            switch request.line {
            case "GET /api/v1/plugins": return .init(pieces: [#"{"plugins":"#, "[]}"])
            case "DELETE /api/v1/streams/live/a%2Fb%C3%A9": return .init(status: .noContent)
            case "POST /api/v1/plugins/kaltura/command": return .init(pieces: [request.body])
            case "GET /events": return .init(pieces: [": hi\n\nid: 1\nevent: a\nda", "ta: {\"x\":1}\n\n"])
            case "GET /cut": return .init(pieces: ["{"], closesEarly: true)
            case "GET /text": return .init(pieces: ["no json"])
            case "GET /bad": return .init(status: .conflict, pieces: [#"{"error":"not now"}"#])
            default: return .init(status: .notFound, pieces: [#"{"error":"no such stream"}"#])
            }
        }
    }

    static func client(_ fake: FakeAdmin, token: String = "sesame") -> AdminClient {
        AdminClient(RunningServer(host: "127.0.0.1", port: fake.port, token: token))
    }

    @Test func answersBecomeValues() throws {
        let fake = try Self.fake()
        defer { fake.stop() }
        let client = Self.client(fake)
        #expect(try client.get("/api/v1/plugins") == ["plugins": []])
        #expect(try client.delete("/api/v1/streams/live/" + AdminClient.escaped("a/bé")) == [:])
        let body: JSONValue = ["argv": ["partner", "add", "102"]]
        #expect(try client.post("/api/v1/plugins/kaltura/command", body, timeout: .seconds(5)) == body)
    }

    @Test(arguments: [
        ("/none", Exit.notFound, "no such stream"), ("/bad", Exit.failed, "not now"),
        ("/text", Exit.failed, "the server's answer to /text is no JSON"),
        ("/cut", Exit.failed, "the server went away in the middle of its answer"),
    ])
    func refusalsBecomeExitCodes(path: String, code: Int32, text: String) throws {
        let fake = try Self.fake()
        defer { fake.stop() }
        let failure = #expect(throws: Failure.self) { try Self.client(fake).get(path) }
        #expect(failure?.code == code)
        #expect(failure?.text == text)
    }

    @Test func aWrongTokenIsTold() throws {
        let fake = try Self.fake()
        defer { fake.stop() }
        let failure = #expect(throws: Failure.self) { try Self.client(fake, token: "x").get("/api/v1/plugins") }
        #expect(failure?.code == Exit.notAllowed)
        let streaming = #expect(throws: Failure.self) { try Self.client(fake, token: "x").stream("/events") { _ in } }
        #expect(streaming?.code == Exit.notAllowed)
    }

    @Test func nobodyThereIsTold() throws {
        let fake = try Self.fake()
        let client = Self.client(fake)
        fake.stop()
        #expect(#expect(throws: Failure.self) { try client.get("/api/v1/plugins") }?.code == Exit.noServer)
    }

    @Test func eventsArriveAsTheyCome() throws {
        let fake = try Self.fake()
        defer { fake.stop() }
        let parser = NIOLockedValueBox((EventStreamParser(), [EventStreamParser.Event]()))
        try Self.client(fake).stream("/events") { bytes in
            parser.withLockedValue { $0.1 += $0.0.receive(bytes.readableBytesView) }
        }
        #expect(parser.withLockedValue(\.1) == [.init(name: "a", data: #"{"x":1}"#)])
    }

    @Test func theDataFolderLeadsToTheServer() throws {
        let fake = try Self.fake()
        defer { fake.stop() }
        #expect(try RunningServer.find(in: fake.folder) == nil)
        fake.write("run.json", "{")
        #expect(#expect(throws: Failure.self) { try RunningServer.find(in: fake.folder) }?.code == Exit.noServer)
        fake.write("run.json", #"{"pid": 2147483646, "admin": "127.0.0.1:1"}"#)
        #expect(try RunningServer.find(in: fake.folder) == nil)
        fake.write("run.json", #"{"pid": \#(getpid()), "admin": "127.0.0.1:\#(fake.port)"}"#)
        #expect(#expect(throws: Failure.self) { try RunningServer.find(in: fake.folder) }?.code == Exit.notAllowed)
        fake.write("admin.token", "sesame\n")
        #expect(try RunningServer.require(in: fake.folder) == RunningServer(host: "127.0.0.1", port: fake.port, token: "sesame"))
        #expect(#expect(throws: Failure.self) { try RunningServer.require(in: "/nonexistent") }?.code == Exit.noServer)
    }

    @Test(arguments: [
        ("127.0.0.1:9080", "127.0.0.1", 9080), ("http://localhost:1/", "localhost", 1), ("[::1]:80", "::1", 80),
        ("::1:80", nil, 0),
        ("host", nil, 0), ("host:0", nil, 0), ("host:70000", nil, 0), (":80", nil, 0), ("https://h:1", nil, 0),
    ])
    func readsAdminAddresses(text: String, host: String?, port: Int) {
        let parsed = RunningServer.parse(text)
        #expect(parsed?.host == host)
        #expect((parsed?.port ?? 0) == port)
    }
}
