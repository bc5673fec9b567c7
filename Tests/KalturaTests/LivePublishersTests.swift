import KalturaCore
import SluiceJSON
import Testing

@testable import KalturaCatalogue

@Suite struct LivePublishersTests {
    private static func credentials(_ token: String = "a1b2c3d4") throws -> Credentials {
        Credentials(entry: try #require(EntryID("0_ab12cd34")), partner: 102, server: .primary, token: Token(token))
    }

    private static func publisher(_ connection: UInt64, _ index: Int = 1) throws -> LivePublishers.Publisher {
        let credentials = try credentials()
        let text = AddressText(tcURL: "rtmp://h/kLive?p=102&e=0_ab12cd34&i=0&t=a1b2c3d4", app: "kLive", stream: "0_ab12cd34_1")
        return LivePublishers.Publisher(
            connection: connection, app: "kLive", stream: "0_ab12cd34_\(index)",
            entry: LiveEntry(id: credentials.entry, partner: 102), credentials: credentials, scheme: "rtmp",
            source: "203.0.113.5",
            address: MaskedAddress(text, rules: AddressRules()), since: 1_800_000_000_000_000)
    }

    @Test func `who is on air is asked about once a minute, by its own credentials only`() throws {
        var live = LivePublishers()
        let (right, wrong) = (try Self.credentials(), try Self.credentials("other"))
        live.admit(try Self.publisher(7), asked: true, now: 1000)
        #expect(live.standing(7, right, now: 1000) == .unknown, "nothing is on air yet")
        live.set(live: true, stream: "0_ab12cd34_1")
        let entry = LiveEntry(id: right.entry, partner: 102)
        #expect(live.standing(7, right, now: 55_999) == .fresh(entry))
        #expect(live.standing(7, right, now: 56_000) == .due(entry))
        #expect(live.standing(7, wrong, now: 1000) == .unknown)
        #expect(live.standing(8, right, now: 1000) == .unknown)
        // What is let in by the last answer is not an answer.
        live.admit(try Self.publisher(7), asked: false, now: 56_000)
        #expect(live.standing(7, right, now: 56_000) == .due(entry))
        live.admit(try Self.publisher(7), asked: true, now: 56_000)
        #expect(live.standing(7, right, now: 56_000) == .fresh(entry))
        live.askAgain()
        #expect(live.standing(7, right, now: 56_000) == .due(entry), "the catalogue changed")
        live.set(live: false, stream: "0_ab12cd34_1")
        #expect(live.standing(7, right, now: 56_000) == .unknown, "its media is gone")
        live.closed(7)
        #expect(live.all.isEmpty && live.liveCount == 0)
    }

    @Test(arguments: [("0_ab12cd34", 2, [7, 8]), ("0_ab12cd34_2", 1, [8]), ("7", 1, [7]), ("9", 0, []), ("0_ab12cd3", 0, [])])
    func `an operator ends an entry, a stream or a connection`(_ what: String, _ count: Int, _ ended: [UInt64]) throws {
        var live = LivePublishers()
        live.admit(try Self.publisher(7), asked: true, now: 0)
        live.admit(try Self.publisher(8, 2), asked: true, now: 0)
        #expect(live.end(what) == count)
        let credentials = try Self.credentials()
        #expect([7, 8].filter { live.standing($0, credentials, now: 0) == .ending } == ended)
        live.closed(7)
        live.closed(8)
        #expect(live.standing(7, credentials, now: 0) == .unknown)
    }

    @Test func `it never has more than its bounds, and forgets whom nobody asks about`() throws {
        var live = LivePublishers()
        let one = try Self.publisher(1)
        func connection(_ id: Int) -> LivePublishers.Publisher {
            var publisher = one
            publisher.connection = UInt64(id)
            return publisher
        }
        for id in 1...LivePublishers.capacity { live.admit(connection(id), asked: true, now: 1) }
        live.admit(connection(20_000), asked: true, now: 2)
        #expect(live.all.count == LivePublishers.capacity && !live.all.contains { $0.connection == 20_000 })
        _ = live.standing(5, try Self.credentials(), now: 50_000)
        live.admit(connection(20_000), asked: true, now: 61_000)
        #expect(Set(live.all.map(\.connection)) == [5, 20_000])
        for index in 1...20 {
            var another = connection(5)
            another.stream = "0_ab12cd34_\(index)"
            live.admit(another, asked: true, now: 61_000)
        }
        #expect(live.all.count == 1 + LivePublishers.streamsOfOne)
    }

    @Test func `listings and the reference's names show no token, and need no catalogue`() throws {
        let one = try Self.publisher(7)
        var stream = Diagnostics.Stream()
        (stream.videoCodec, stream.bitrate) = ("H.264", 2_500_000)
        var server = Diagnostics.Server()
        (server.version, server.hostname, server.now) = ("0.1.0", "edge", 1_800_000_060_000_000)
        (server.started, server.cpuUsage) = (1_800_000_000_000_000, 12.5)
        let (shownStream, shownServer) = (stream, server)
        var ring = RejectionRing()
        for _ in 0..<3 {
            ring.record(
                Rejection(time: 1_800_000_000_000_000, address: one.address, source: "192.0.2.1", refusal: Refusal(.badToken)))
        }
        let filled = ring
        let admin = AdminService(
            catalogue: { () throws(CatalogueError) in throw .server("away") },
            diagnostics: Diagnostics(
                rejections: { filled }, publishers: { [one] }, end: { $0 == "7" ? 1 : 0 }, stream: { _ in shownStream },
                server: { shownServer }))
        func run(_ line: String) -> CommandOutput { admin.run(line.split(separator: " ").map(String.init)) { _ in .success([]) } }
        func get(_ name: String) -> JSONValue { admin.handle(AdminRequest("GET", ["diagnostics", name])).json }
        #expect(run("partner list").exitCode != 0, "the catalogue is away")
        let listed = run("live")
        #expect(listed.standardOutput.contains("0_ab12cd34_1") && listed.standardOutput.contains("203.0.113.5"))
        #expect(run("kill 7").exitCode == 0 && run("kill 8").exitCode == 1 && run("kill").exitCode == 2)
        let input = get("entries")["0_ab12cd34"]?["inputs"]?["1"]
        #expect(input?["Properties"]?["Id"] == "7" && input?["Properties"]?["timeRunningSeconds"] == 60)
        #expect(input?["Encoder"]?["videoCodec"] == "H.264" && input?["IOPerformance"]?["bitrate"] == 2_500_000)
        #expect(get("errors").objectValue?.count == 3, "three at the same microsecond are three")
        #expect(get("info")["timeRunning"] == 60 && get("info")["cpuUsage"] == .number(12.5) && get("info")["version"] == "0.1.0")
        #expect(run("info --json").exitCode == 0)
        let kill = AdminRequest("POST", ["diagnostics", "killConnection"], query: [("clientId", "7")])
        #expect(admin.handle(kill).json == ["Succeed": true])
        let all = AdminRequest("POST", ["diagnostics", "killConnection"], query: [("clientId", "0_ab12cd34")])
        #expect(admin.handle(all).status == 404, "by id only")
        #expect(admin.handle(AdminRequest("GET", ["diagnostics", "killConnection"])).status == 405)
        #expect(admin.handle(AdminRequest("GET", ["diagnostics", "nothing"])).status == 405)
        let text =
            listed.standardOutput + get("entries").serialized() + get("errors").serialized() + run("live --json").standardOutput
        #expect(!text.contains("a1b2c3d4"))
    }
}
