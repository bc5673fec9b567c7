import CSluice
import CHostMedia
import HostConfig
import HostMedia
import HostPaths
import SluiceJSON
import Synchronization
import Testing

@testable import HostCore

/// Streams made of streams: what a transform's outputs are, and what becomes of them when it fails, is replaced, or its input goes.
@Suite(.serialized) struct StepTests {
    private static let thin = "[[app.live.step]]\nuse = \"thin\"\n"

    private func host(_ steps: String = thin, app: String = "", kind: Int = 0, plays: [String] = []) throws -> TestHost {
        try TestHost("[app.live]\nopen = true\noutputs = [\"sieve\"]\nlinger_s = 1\n\(app)\n\(steps)") { folder in
            try TestHost.installSieve(folder, kind: 2, plays: plays)
            try TestHost.installThin(folder, kind: kind)
        }
    }

    private func publisher(_ host: TestHost, _ name: String = "x") throws -> LineClient {
        let client = try host.client()
        client.send("PUBLISH live/\(name)\n")
        #expect(client.line() == "PUBLISHING")
        return client
    }

    private func player(_ host: TestHost, _ name: String) throws -> LineClient {
        let client = try host.client()
        client.send("PLAY live/\(name)\n")
        var line = client.line()
        if line == "WAITING" { line = client.line() }
        #expect(line == "HEAD")
        return client
    }

    private func waitFor(_ name: String, _ host: TestHost) -> Bool {
        eventually { host.stream(name)?.snapshot.tracks != nil && host.stream(name)?.snapshot.state == .live }
    }

    /// A change, waited for.
    private func change(_ body: (@escaping PluginChanges.Done) -> Void) -> Result<PluginChange, PluginChangeFailure> {
        let result = Mutex<Result<PluginChange, PluginChangeFailure>?>(nil)
        body { outcome in result.withLock { $0 = outcome } }
        _ = eventually { result.withLock { $0 != nil } }
        return result.withLock { $0 } ?? .failure(PluginChangeFailure("no answer"))
    }

    @Test func outputsAreStreamsOfTheInputsGroup() throws {
        let host = try host()
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 10\n")
        #expect(waitFor("x_copy", host) && waitFor("x_keys", host))
        let (copy, keys) = (try player(host, "x_copy"), try player(host, "x_keys"))
        #expect(copy.line() == "BEGIN" && copy.line() == "0:10" && keys.line() == "BEGIN" && keys.line() == "0:10")
        publisher.send("FRAME 40 0 5\nFRAME 80 1 7\nFRAME 120 0 6\n")
        #expect(copy.line() == "40:5" && copy.line() == "80:7" && copy.line() == "120:6")
        #expect(keys.line() == "80:7")
        #expect(host.stream("x_keys")?.snapshot.group == "x")
        let shown = try host.get("/api/v1/streams/live/x_keys")
        #expect(shown["publisher"]?["peer"]?.stringValue == "step thin of live/x")
        let steps = try host.get("/api/v1/streams/live/x")["steps"]?.arrayValue
        #expect(steps?.first?["state"]?.stringValue == "running")
        #expect(steps?.first?["outputs"]?.arrayValue?.map { $0["stream"]?.stringValue } == ["x_copy", "x_keys"])
        #expect(try host.get("/api/v1/plugins/thin")["leases"]?["transforms"]?.intValue == 1)
    }

    /// Two that wait before anybody publishes, and one that asks when it is new: what they play is made of it, at once or later.
    @Test(arguments: [1, 2]) func whoWaitsGetsTheRenditionThatItPlays(_ recode: Int) throws {
        let host = try host(Self.thin + "recode = \(recode)\n", kind: 1, plays: ["hvc1"])
        var players = [try host.client(), try host.client()]
        for player in players {
            player.send("PLAY live/x\n")
            #expect(player.line() == "WAITING")
        }
        let publisher = try publisher(host)
        #expect(waitFor("x", host))
        #expect(recode == 1 || host.stream("x_copy") == nil)
        players.append(try host.client())
        players[2].send("PLAY live/x\n")
        if recode == 2 { #expect(players[2].line() == "WAITING") }
        publisher.send("FRAME 0 1 10\n")
        // The rendition's frames have a byte more.
        for player in players { #expect(player.line() == "HEAD" && player.line() == "BEGIN" && player.line() == "0:11") }
        let plays = try host.get("/api/v1/sessions")["sessions"]?.arrayValue?.compactMap { $0["plays"]?.stringValue }
        #expect(plays?.filter { $0 == "live/x_copy" }.count == 3, "\(plays ?? [])")
        for player in players { player.hangUp() }
        publisher.hangUp()
        #expect(eventually { host.server.streams.count == 0 && host.server.streams.waitingPlayers == 0 })
    }

    /// Nothing that is made is for it, or nothing is made: it gets the source, after a while or at once.
    @Test(arguments: ["", thin, thin + "refuse = 1\n"]) func whoNoRenditionIsForGetsTheSource(_ steps: String) throws {
        let host = try host(steps, plays: ["hvc1"])
        let player = try host.client()
        player.send("PLAY live/x\n")
        #expect(player.line() == "WAITING")
        let begun = host.server.now
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 10\n")
        #expect(player.line() == "HEAD" && player.line() == "BEGIN" && player.line() == "0:10")
        let isKept = host.server.now - begun >= LiveStream.renditionTime
        #expect(isKept == (steps == Self.thin))
    }

    private func still(_ host: TestHost, _ name: String) throws -> String {
        let client = try LineClient(port: host.server.port("http") ?? 0)
        client.send("GET /live/\(name)/thumbnail.jpg HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return client.rest()
    }

    @Test func aStillPictureAndAReportAreShown() throws {
        let host = try host(Self.thin + "still = 1\n")
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 10\n")
        #expect(waitFor("x_copy", host))
        let shown = try still(host, "x")
        #expect(shown.hasPrefix("HTTP/1.1 200") && shown.lowercased().contains("content-type: image/jpeg"), "\(shown)")
        #expect(try host.get("/api/v1/streams/live/x")["steps"]?.arrayValue?.first?["report"]?["speed"]?.intValue == 2)
        #expect(try still(host, "x_copy").hasPrefix("HTTP/1.1 404") && still(host, "nobody").hasPrefix("HTTP/1.1 404"))
    }

    @Test func whatIsNoPictureAndNoReportIsRefused() throws {
        let host = try host(Self.thin + "still = 2\n")
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 10\n")
        #expect(waitFor("x_copy", host))
        #expect(try still(host, "x").hasPrefix("HTTP/1.1 404"))
        #expect(try host.get("/api/v1/streams/live/x")["steps"]?.arrayValue?.first?["report"] == nil)
    }

    @Test func whatIsInsideComesOutWhenThePublisherGoes() throws {
        let host = try host(Self.thin + "delay = 3\n")
        let publisher = try publisher(host)
        for time in 0..<6 { publisher.send("FRAME \(time * 40) \(time == 0 ? 1 : 0) \(10 + time)\n") }
        let copy = try player(host, "x_copy")
        #expect(copy.line() == "BEGIN" && copy.line() == "0:10" && copy.line() == "40:11" && copy.line() == "80:12")
        publisher.send("STOP\n")
        #expect(copy.line() == "120:13" && copy.line() == "160:14" && copy.line() == "200:15")
        #expect(eventually { host.stream("x_copy")?.snapshot.state == .lingering || host.stream("x_copy") == nil })
        // Back within the linger time: one discontinuity, times go on.
        let back = try self.publisher(host)
        for time in 0..<6 { back.send("FRAME \(time * 40) \(time == 0 ? 1 : 0) \(20 + time)\n") }
        let line = try #require(copy.line())
        let parts = line.split(separator: ":")
        #expect(parts.count == 2 && (Int(parts[0]) ?? 0) > 200 && parts[1] == "20!", "\(line)")
        #expect(copy.line()?.hasSuffix(":21") == true)
        back.hangUp()
        #expect(eventually { host.stream("x") == nil && host.stream("x_copy") == nil && host.server.transforms.count == 0 })
        #expect(eventually { MediaBuffers.alive == 0 })
    }

    @Test func aFullTransformIsOfferedAgain() throws {
        let host = try host(Self.thin + "room = 2\nlater = 1\n")
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 10\n")
        let copy = try player(host, "x_copy")
        #expect(copy.line() == "BEGIN" && copy.line() == "0:10")
        publisher.send((1...40).map { "FRAME \($0 * 40) 0 \(10 + $0)\n" }.joined())
        for number in 1...40 { #expect(copy.line() == "\(number * 40):\(10 + number)") }
    }

    @Test func aStepOfAStepTakesOneOutput() throws {
        let host = try host(Self.thin + "[[app.live.step]]\nuse = \"thin\"\nas = \"again\"\nfrom = \"thin/keys\"\n")
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 10\nFRAME 40 0 5\n")
        #expect(waitFor("x_keys_copy", host))
        let copy = try player(host, "x_keys_copy")
        #expect(copy.line() == "BEGIN" && copy.line() == "0:10")
        publisher.send("FRAME 80 1 7\n")
        #expect(copy.line() == "80:7")
        #expect(host.stream("x_copy_copy") == nil && host.stream("x_keys_copy")?.snapshot.group == "x")
        publisher.hangUp()
        #expect(eventually { host.server.streams.count == 0 })
    }

    @Test func aFailingTransformIsOpenedAgainAndTheInputGoesOn() throws {
        let host = try host(Self.thin + "fail_after = 3\n")
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 10\n")
        let (input, copy) = (try player(host, "x"), try player(host, "x_copy"))
        #expect(input.line() == "BEGIN" && input.line() == "0:10" && copy.line() == "BEGIN" && copy.line() == "0:10")
        for time in 1...4 {
            publisher.send("FRAME \(time * 40) 0 5\n")
            #expect(input.line() == "\(time * 40):5")
        }
        #expect(copy.line() == "40:5" && copy.line() == "80:5")
        #expect(
            eventually {
                let step = host.stream("x")?.steps.running.first
                return step?.failuresInAll == 2 && step?.current != nil
            })
        publisher.send("FRAME 200 1 8\n")
        #expect(input.line() == "200:8" && copy.line() == "200:8!")
        #expect(host.stream("x")?.steps.running.first?.failuresInAll == 2)
    }

    /// What was inside the one that failed comes out of the next: from the input's last key frame on, without what was given before.
    @Test func whatWasInsideAFailedTransformComesOutOfTheNext() throws {
        let host = try host(Self.thin + "delay = 2\nfail_after = 5\nresumes = 1\n")
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 10\n")
        publisher.send((1...4).map { "FRAME \($0 * 40) 0 \(10 + $0)\n" }.joined())
        #expect(waitFor("x_copy", host))
        let (copy, keys) = (try player(host, "x_copy"), try player(host, "x_keys"))
        for line in ["BEGIN", "0:10", "40:11", "80:12"] { #expect(copy.line() == line) }
        #expect(keys.line() == "BEGIN" && keys.line() == "0:10")
        publisher.send("FRAME 200 0 15\nFRAME 240 0 16\nFRAME 280 0 17\n")
        #expect(copy.line() == "120:13!", "a discontinuity, no hole")
        for line in ["160:14", "200:15"] { #expect(copy.line() == line) }
        publisher.send("FRAME 320 1 18\nFRAME 360 0 19\nFRAME 400 0 20\n")
        for line in ["240:16", "280:17", "320:18"] { #expect(copy.line() == line) }
        #expect(keys.line() == "120:13!" && keys.line() == "320:18")
        let step = try host.get("/api/v1/streams/live/x")["steps"]?.arrayValue?.first
        #expect(step?["report"]?["copy 0"]?.intValue == 80 && step?["report"]?["keys 0"]?.intValue == 0)
        #expect(step?["failures"]?.intValue == 1)
    }

    /// What the input holds is given once more and no oftener: it may be what ends the transform.
    @Test func whatEndsATransformIsNotGivenToItForEver() throws {
        let host = try host(Self.thin + "fail_after = 3\n")
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 10\n")
        let copy = try player(host, "x_copy")
        #expect(copy.line() == "BEGIN" && copy.line() == "0:10")
        for time in [40, 80] {
            publisher.send("FRAME \(time) 0 5\n")
            #expect(copy.line() == "\(time):5")
        }
        publisher.send("FRAME 120 0 5\nFRAME 160 0 5\n")
        let run = host.stream("x")?.steps.running.first
        #expect(eventually { run?.failuresInAll == 2 && run?.current != nil })
        publisher.send("FRAME 200 1 8\n")
        #expect(copy.line() == "200:8!")
        #expect(run?.failuresInAll == 2)
    }

    @Test func tracksThatItDoesNotTakeAreTold() throws {
        let host = try host(Self.thin + "refuse = 1\n")
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 10\n")
        var step: JSONValue?
        #expect(
            eventually {
                step = (try? host.get("/api/v1/streams/live/x"))?["steps"]?.arrayValue?.first
                return step?["state"]?.stringValue == "failed"
            })
        #expect(step?["reason"]?.stringValue == "not these tracks" && host.stream("x_copy") == nil)
    }

    @Test func aNameThatIsTakenStaysWithWhoHasIt() throws {
        let host = try host()
        let other = try publisher(host, "x_copy")
        other.send("FRAME 0 1 3\n")
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 10\n")
        #expect(waitFor("x_keys", host))
        var outputs: [JSONValue]?
        #expect(
            eventually {
                outputs = (try? host.get("/api/v1/streams/live/x"))?["steps"]?.arrayValue?.first?["outputs"]?.arrayValue
                return outputs?.map { $0["on_air"]?.boolValue } == [false, true]
            })
        #expect(outputs?.first?["reason"]?.stringValue == "somebody publishes live/x_copy already")
        #expect(try host.get("/api/v1/streams/live/x_copy")["publisher"]?["client"]?.stringValue == "a test")
    }

    @Test(arguments: [0, 3]) func aReplacedPluginTakesOverAtTheNextKeyFrame(delay: Int) throws {
        let host = try host(Self.thin + "delay = \(delay)\n")
        let publisher = try publisher(host)
        for time in 0...4 { publisher.send("FRAME \(time * 40) \(time == 0 ? 1 : 0) \(10 + time)\n") }
        let copy = try player(host, "x_copy")
        #expect(copy.line() == "BEGIN")
        for time in 0...(4 - delay) { #expect(copy.line() == "\(time * 40):\(10 + time)") }
        let before = try #require(host.server.registry.active("thin"))
        try host.folder.write("plugins.d/thin.so", FixturePlugin.library("thin", kind: 1))
        _ = try change { host.server.reload("thin", $0) }.get()
        #expect(eventually { host.stream("x")?.steps.running.first?.next != nil })
        publisher.send("FRAME 200 0 15\n")
        publisher.send("FRAME 240 1 16\n")
        for time in 7...10 { publisher.send("FRAME \(time * 40) 0 \(10 + time)\n") }
        for time in (5 - delay)...5 { #expect(copy.line() == "\(time * 40):\(10 + time)") }
        #expect(copy.line() == "240:17!")
        for time in 7...(10 - delay) { #expect(copy.line() == "\(time * 40):\(11 + time)") }
        #expect(eventually { !before.isNeeded })
        #expect(host.server.registry.active("thin")?.leases.transforms.load(ordering: .relaxed) == 1)
    }

    @Test func aSuccessorThatRefusesLeavesTheOldOne() throws {
        let host = try host()
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 10\n")
        let copy = try player(host, "x_copy")
        #expect(copy.line() == "BEGIN" && copy.line() == "0:10")
        try host.folder.write("plugins.d/thin.so", FixturePlugin.library("thin", kind: 2))
        _ = change { host.server.reload("thin", $0) }
        for time in 1...10 {
            publisher.send("FRAME \(time * 40) \(time % 3 == 0 ? 1 : 0) 5\n")
            #expect(copy.line() == "\(time * 40):5")
        }
    }

    @Test func aDisabledPluginsOutputsEndAndComeBack() throws {
        let host = try host()
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 10\n")
        #expect(waitFor("x_copy", host))
        _ = try change { host.server.disable("thin", $0) }.get()
        #expect(eventually { host.stream("x_copy") == nil && host.server.transforms.count == 0 })
        publisher.send("FRAME 40 0 5\n")
        _ = try change { host.server.enable("thin", $0) }.get()
        #expect(eventually { host.stream("x")?.steps.running.first?.current != nil })
        publisher.send("FRAME 80 1 7\n")
        let copy = try player(host, "x_copy")
        #expect(copy.line() == "BEGIN" && copy.line() == "80:7")
    }

    @Test func aConfigurationReadAgainOpensAndClosesWhatChanged() throws {
        let host = try host("")
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 10\nFRAME 40 0 5\n")
        #expect(waitFor("x", host) && host.stream("x_copy") == nil)
        try reload(host, Self.thin + "[[app.live.step]]\nuse = \"thin\"\nas = \"keep\"\nfrom = \"thin/keys\"\n")
        // It begins with the ring, from the last key frame on.
        let copy = try player(host, "x_copy")
        #expect(copy.line() == "BEGIN" && copy.line() == "0:10" && copy.line() == "40:5")
        #expect(waitFor("x_keys_copy", host))
        let kept = try #require(host.stream("x")?.steps.running.first?.current)
        try reload(host, Self.thin)
        #expect(eventually { host.stream("x_keys_copy") == nil })
        #expect(host.stream("x")?.steps.running.first?.current === kept)
        try reload(host, Self.thin + "delay = 1\n")
        #expect(eventually { host.stream("x")?.steps.running.first?.next != nil })
        publisher.send("FRAME 80 0 6\nFRAME 120 1 7\nFRAME 160 0 8\n")
        #expect(copy.line() == "80:6" && copy.line() == "120:7!")
        try reload(host, "")
        #expect(eventually { host.stream("x_copy") == nil && host.server.transforms.count == 0 })
        #expect(host.stream("x")?.snapshot.state == .live)
    }

    @Test func aBadGraphChangesNothing() throws {
        let host = try host()
        let publisher = try publisher(host)
        publisher.send("FRAME 0 1 10\n")
        #expect(waitFor("x_copy", host))
        #expect(throws: ConfigurationErrors.self) { try reload(host, Self.thin + "delay = -1\n") }
        #expect(throws: ConfigurationErrors.self) { try reload(host, Self.thin + "from = \"thin\"\n") }
        #expect(throws: ConfigurationErrors.self) { try reload(host, "[[app.live.step]]\nuse = \"sieve\"\n") }
        #expect(waitFor("x_copy", host))
    }

    private func reload(_ host: TestHost, _ steps: String) throws {
        var text = "[host]\nplugins = \"plugins.d\"\nthreads = 2\nlog_level = \"critical\"\n"
        for name in ["http", "admin", "sieve"] { text += "[listen.\(name)]\naddress = \"127.0.0.1\"\nport = 0\n" }
        try host.folder.write(
            "sluice.toml", text + "[app.live]\nopen = true\noutputs = [\"sieve\"]\nlinger_s = 1\n" + steps)
        let result = Mutex<Server.Reloaded?>(nil)
        host.server.reload { outcome in result.withLock { $0 = outcome } }
        #expect(eventually { result.withLock { $0 != nil } })
        _ = try result.withLock { $0 }?.get()
    }
}
