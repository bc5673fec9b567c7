import CSluice
import HostPaths
import SluiceJSON
import Testing

@testable import HostCore

/// Publish, play, wait, take over, linger, end: with a protocol of lines, over sockets.
@Suite struct StreamLifeTests {
    private func host(_ app: String = "", limits: String = "") throws -> TestHost {
        let configuration = """
            [limits]
            \(limits)
            [app.live]
            open = true
            outputs = ["sieve"]
            \(app)
            [app.shut]
            auth = ["gate"]
            outputs = ["sieve"]
            """
        return try TestHost(configuration) { folder in
            try TestHost.installSieve(folder)
            try TestHost.installGate(folder)
        }
    }

    private func publisher(_ host: TestHost, _ address: String = "live/x") throws -> LineClient {
        let client = try host.client()
        client.send("PUBLISH \(address)\n")
        #expect(client.line() == "PUBLISHING")
        return client
    }

    @Test func aPlayerBeginsAtTheLastKeyFrame() throws {
        let host = try host()
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 10\nFRAME 40 0 5\nFRAME 80 1 20\nFRAME 120 0 6\n")
        #expect(eventually { host.stream("x")?.lastArrival.load(ordering: .relaxed) ?? 0 > 0 })
        let player = try host.client()
        player.send("PLAY live/x\n")
        #expect(player.line() == "HEAD" && player.line() == "BEGIN")
        #expect(player.line() == "80:20" && player.line() == "120:6")
        publisher.send("FRAME 160 0 7\n")
        #expect(player.line() == "160:7")
        let stream = try host.get("/api/v1/streams/live/x")
        #expect(
            stream["players"]?.intValue == 1 && stream["frames_in"]?.intValue != nil && stream["state"]?.stringValue == "live")
        #expect(stream["publisher"]?["client"]?.stringValue == "a test")
        player.hangUp()
        #expect(eventually { host.stream("x")?.players == 0 || host.server.sinks.values.allSatisfy { $0.playerCount == 0 } })
    }

    @Test func theOperatorSetsAttributes() throws {
        let host = try host()
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 10\n")
        #expect(eventually { host.stream("x") != nil })
        let path = "/api/v1/streams/live/x/attributes"
        #expect(
            try host.ask("PATCH", path, #"{"overlay.text":"a","linger_s":"7"}"#)["attributes"]?["overlay.text"]?.stringValue
                == "a")
        let second = try host.ask("PATCH", path, #"{"overlay.text":"","overlay.png":"b.png"}"#)["attributes"]
        #expect(second?["overlay.text"] == nil && second?["overlay.png"]?.stringValue == "b.png")
        #expect(second?["linger_s"]?.stringValue == "7", "what is not named stays")
        for bad in ["[]", "{", #"{"A":"b"}"#, #"{"a":1}"#, #"{"":"b"}"#] {
            #expect(try host.ask("PATCH", path, bad)["error"] != nil, "\(bad)")
        }
        let many = "{" + (0..<80).map { "\"k\($0)\":\"v\"" }.joined(separator: ",") + "}"
        #expect(try host.ask("PATCH", path, many)["error"] != nil)
        #expect(try host.ask("PATCH", "/api/v1/streams/live/none/attributes", "{}")["error"] != nil)
    }

    @Test func theChainDecides() throws {
        let host = try host()
        let client = try host.client()
        client.send("PUBLISH shut/x?key=wrong\n")
        #expect(client.line() == "DENIED SHUT")
        client.send("PUBLISH shut/x?key=away\n")
        #expect(client.line() == "DENIED BACKEND_DOWN")
        client.send("PUBLISH shut/x?key=skip\n")
        #expect(client.line() == "DENIED NO_DECISION")
        client.send("PUBLISH nowhere/x?key=open\n")
        #expect(client.line() == "DENIED NO_APP")
        client.send("PUBLISH shut/..?key=open\n")
        #expect(client.line()?.hasPrefix("REFUSED") == true)
        client.send("PUBLISH shut/x?key=open\n")
        #expect(client.line() == "PUBLISHING")
        let liar = try host.client()
        liar.send("PLAY shut/x?key=open\n")
        client.send("FRAME 0 1 3\n")
        #expect(liar.line() == "HEAD")
        #expect(eventually { host.server.auth.openQuestions == 0 })
        #expect(
            host.server.metricsText().contains(
                "sluice_auth_decisions_total{action=\"publish\",decision=\"deny\",source=\"chain\"} 4"))
    }

    @Test func aQuestionOfOneWhoLeftIsWithdrawn() throws {
        let host = try host()
        let client = try host.client()
        client.send("PUBLISH shut/x?key=silent\n")
        #expect(eventually { host.server.auth.openQuestions == 1 })
        client.hangUp()
        #expect(eventually { host.server.auth.openQuestions == 0 && host.server.operations.count == 0 })
    }

    @Test(arguments: ["stalled", "reject"])
    func aSecondPublisherIsRefusedWhileTheFirstSends(_ rule: String) throws {
        let host = try host("duplicate = \"\(rule)\"")
        let first = try publisher(host)
        let second = try host.client()
        second.send("PUBLISH live/x\n")
        #expect(second.line() == "REFUSED somebody publishes live/x already")
        first.send("FRAME 0 1 3\n")
        first.send("STOP\n")
        #expect(first.line() == "STOPPED")
        second.send("PUBLISH live/x\n")
        #expect(second.line() == "PUBLISHING")
    }

    @Test func aStalledPublisherIsReplaced() throws {
        let host = try host("duplicate = \"stalled\"\nstall_s = 1")
        let first = try publisher(host)
        first.send("FRAME 0 1 3\n")
        var answer = ""
        let second = try host.client()
        _ = eventually {
            second.send("PUBLISH live/x\n")
            answer = second.line() ?? ""
            return answer == "PUBLISHING"
        }
        #expect(answer == "PUBLISHING")
        #expect(first.line() == "OVER another publisher took over live/x")
        first.send("FRAME 40 0 3\n")
        #expect(first.line() == "STALE")
    }

    @Test func takeoverContinuesForThePlayers() throws {
        let host = try host("duplicate = \"takeover\"")
        let first = try publisher(host)
        first.send("FRAME 1000 1 3\n")
        let player = try host.client()
        player.send("PLAY live/x\n")
        #expect(player.line() == "HEAD" && player.line() == "BEGIN" && player.line() == "1000:3")
        let second = try publisher(host)
        #expect(first.line() == "OVER another publisher took over live/x")
        second.send("FRAME 0 1 4\n")
        let line = try #require(player.line())
        let parts = line.split(separator: ":")
        #expect(parts.count == 2 && (Int(parts[0]) ?? 0) > 1000 && parts[1] == "4!", "\(line)")
        #expect(host.stream("x")?.snapshot.reconnects == 1)
    }

    @Test func aLingeringStreamGoesOnAndEndsWhenItsTimeIsOver() throws {
        let host = try host("linger_s = 2")
        var publisher: LineClient? = try publisher(host)
        publisher?.send("FRAME 0 1 3\n")
        let player = try host.client()
        player.send("PLAY live/x\n")
        #expect(player.line() == "HEAD" && player.line() == "BEGIN" && player.line() == "0:3")
        publisher?.hangUp()
        publisher = nil
        #expect(eventually { host.stream("x")?.snapshot.state == .lingering })
        let back = try self.publisher(host)
        back.send("FRAME 0 1 9\n")
        #expect(player.line()?.hasSuffix(":9!") == true)
        back.hangUp()
        #expect(player.line() == "ENDED publisher gone: closed by peer" || host.stream("x") == nil)
        #expect(eventually { host.stream("x") == nil && host.server.sinks.count == 0 && host.server.logs.count == 0 })
        #expect(eventually { host.server.publications.count == 0 })
    }

    @Test func aPlayerWaitsForAStream() throws {
        let host = try host("wait_s = 20")
        let player = try host.client()
        player.send("PLAY live/x\n")
        #expect(player.line() == "WAITING")
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 3\n")
        #expect(player.line() == "HEAD")
    }

    @Test func waitingEnds() throws {
        let host = try host("wait_s = 1")
        let player = try host.client()
        player.send("PLAY live/x\n")
        #expect(player.line() == "WAITING")
        #expect(player.line() == "ENDED the stream live/x is not on air")
        player.send("PLAY live/x\n")
        #expect(player.line() == "WAITING", "and it may try again")
    }

    /// Who leaves while waiting takes no place any more.
    @Test func waitingPlayersThatLeaveAreForgotten() throws {
        let host = try host("wait_s = 20")
        for _ in 0..<20 {
            let player = try host.client()
            player.send("PLAY live/x\n")
            #expect(player.line() == "WAITING")
            player.hangUp()
        }
        #expect(eventually { host.server.sessions.count == 0 && host.server.streams.waitingPlayers == 0 })
    }

    @Test func anOutputThatFailsIsClosedAndTheStreamGoesOn() throws {
        let host = try host()
        let publisher = try publisher(host, "live/bad")
        publisher.send("FRAME 0 1 3\n")
        #expect(eventually { host.stream("bad")?.snapshot.tracks != nil })
        let player = try host.client()
        player.send("PLAY live/bad\n")
        #expect(player.line() == "HEAD" && player.line() == "BEGIN")
        publisher.send("FRAME 40 0 3\n")
        #expect(player.line() == "0:3")
        publisher.send("FRAME 80 0 3\n")
        #expect(eventually { host.server.sinks.count == 0 })
        #expect(player.line() == "ENDED output failed")
        publisher.send("FRAME 120 1 3\n")
        publisher.send("STOP\n")
        #expect(publisher.line() == "STOPPED")
    }

    @Test func aSlowOutputIsBounded() throws {
        let host = try host(limits: "subscriber_frames = 16")
        let publisher = try publisher(host, "live/slow")
        publisher.send("FRAME 0 1 3\n")
        #expect(eventually { host.stream("slow")?.snapshot.tracks != nil })
        let player = try host.client()
        player.send("PLAY live/slow\n")
        #expect(player.line() == "HEAD")
        for frame in 1...200 { publisher.send("FRAME \(frame * 40) 0 1000\n") }
        publisher.send("STOP\n")
        #expect(publisher.line() == "STOPPED")
        let outputs = try host.get("/api/v1/streams/live/slow")["outputs"]?.arrayValue
        #expect((outputs?.first?["frames_lost"]?.intValue ?? 0) >= 180)
    }

    @Test func anOversizedLineClosesTheConnectionWithItsReason() throws {
        let host = try host()
        let client = try host.client()
        client.send(String(repeating: "x", count: 5000))
        #expect(client.line() == nil)
        #expect(eventually { host.server.sessions.count == 0 })
        #expect(eventually { host.server.registry.record("sieve")?.generation?.leases.sessions.load(ordering: .relaxed) == 0 })
    }

    @Test func stoppingEndsStreamsAndSinks() throws {
        let host = try host()
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 3\n")
        let player = try host.client()
        player.send("PLAY live/x\n")
        #expect(player.line() == "HEAD")
        host.stop()
        #expect(host.server.sinks.count == 0 && host.server.sessions.count == 0)
        #expect(host.server.registry.record("sieve")?.generation?.leases.sinks.load(ordering: .relaxed) == 0)
    }
}
