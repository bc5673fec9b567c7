import CSluice
import HostConfig
import HostMedia
import SluiceJSON
import Synchronization
import Testing

@testable import HostCore

/// Streams that the server brings on air itself.
@Suite(.serialized) struct SourceTests {
    private func host(_ sources: String, kind: Int = 0) throws -> TestHost {
        try TestHost("[app.live]\nopen = true\noutputs = [\"sieve\"]\nlinger_s = 1\n\(sources)") { folder in
            try TestHost.installSieve(folder, kind: 2)
            try TestHost.installPattern(folder, kind: kind)
            try TestHost.installThin(folder)
        }
    }

    private static let test = "[[app.live.source]]\nuse = \"pattern\"\nstream = \"test\"\n"

    private func player(_ host: TestHost, _ name: String) throws -> LineClient {
        let client = try host.client()
        client.send("PLAY live/\(name)\n")
        var line = client.line()
        if line == "WAITING" { line = client.line() }
        #expect(line == "HEAD" && client.line() == "BEGIN")
        return client
    }

    /// Decoding times of so many lines, and where a line said that the media does not continue.
    private func times(_ player: LineClient, _ count: Int) -> (times: [Int], breaks: [Int]) {
        var times: [Int] = []
        var breaks: [Int] = []
        for place in 0..<count {
            guard let line = player.line(), let time = Int(line.split(separator: ":")[0]) else { break }
            times.append(time)
            if line.contains("!") { breaks.append(place) }
        }
        return (times, breaks)
    }

    private func words(_ host: TestHost) -> SourceRun.Words? { host.server.sources(of: "pattern").first?.words }

    @Test func itIsOnAirAndStepsTakeIt() throws {
        let host = try host(Self.test + "[[app.live.step]]\nuse = \"thin\"\n")
        let player = try player(host, "test")
        let heard = times(player, 25)
        #expect(zip(heard.times, heard.times.dropFirst()).allSatisfy { $1 - $0 == 40 } && heard.breaks.isEmpty, "\(heard)")
        let shown = try host.get("/api/v1/streams/live/test")
        #expect(shown["publisher"]?["peer"]?.stringValue == "source pattern" && shown["publisher"]?["session"]?.stringValue == "")
        #expect(try host.get("/api/v1/apps/live")["sources"]?.arrayValue?.first?["state"]?.stringValue == "running")
        let keys = times(try self.player(host, "test_keys"), 4)
        #expect(zip(keys.times, keys.times.dropFirst()).allSatisfy { $1 - $0 == 400 }, "\(keys)")
    }

    @Test func itSaysWhenThereIsNoMore() throws {
        let host = try host(Self.test + "settings = { last = 12 }\n")
        #expect(eventually { words(host)?.state == "ended" })
        #expect(words(host)?.reason == "that was all")
        #expect(eventually { host.stream("test") == nil && host.server.sources.count == 0 })
    }

    @Test func aFailingOneIsOpenedAgain() throws {
        let host = try host(Self.test + "settings = { fail_after = 25 }\n")
        let heard = times(try player(host, "test"), 45)
        #expect(heard.breaks.count >= 1, "\(heard)")
        #expect(zip(heard.times, heard.times.dropFirst()).allSatisfy { $1 > $0 }, "\(heard)")
        #expect(eventually { host.server.publications.count == 1 })
    }

    @Test func oneThatRefusesIsTold() throws {
        let host = try host(Self.test, kind: 2)
        #expect(eventually { (words(host)?.failures ?? 0) >= 3 })
        // Between two failures it is being opened.
        #expect(eventually { words(host).map { $0.state == "failed" && $0.reason == "not today" } == true })
        #expect(eventually { host.stream("test") == nil })
    }

    @Test func aNameThatIsTakenStaysWithWhoHasItAndIsTakenLater() throws {
        let host = try host("")
        let client = try host.client()
        client.send("PUBLISH live/test\n")
        #expect(client.line() == "PUBLISHING")
        client.send("FRAME 0 1 3\n")
        try reload(host, Self.test)
        let taken = "somebody publishes live/test already"
        #expect(eventually { words(host).map { $0.state == "failed" && $0.reason == taken } == true })
        client.hangUp()
        #expect(eventually { words(host)?.state == "running" })
        #expect(eventually { host.stream("test")?.snapshot.state == .live })
    }

    @Test func aReplacedPluginGoesOnWithOneDiscontinuity() throws {
        let host = try host(Self.test)
        let player = try player(host, "test")
        _ = times(player, 10)
        let before = try #require(host.server.registry.active("pattern"))
        let done = Mutex(false)
        try host.folder.write("plugins.d/pattern.so", FixturePlugin.library("pattern", kind: 1))
        host.server.reload("pattern") { _ in done.withLock { $0 = true } }
        #expect(eventually { done.withLock { $0 } })
        var breaks = 0
        var last = -1
        for _ in 0..<75 {
            guard let line = player.line(), let time = Int(line.split(separator: ":")[0]) else { break }
            if line.contains("!") { breaks += 1 }
            #expect(time > last)
            last = time
        }
        #expect(breaks == 1)
        #expect(eventually { !before.isNeeded } && host.stream("test")?.snapshot.tracks?.tracks.first?.id == 3)
    }

    @Test func aRefusingSuccessorLeavesTheOldOne() throws {
        let host = try host(Self.test)
        let player = try player(host, "test")
        _ = times(player, 5)
        let done = Mutex(false)
        try host.folder.write("plugins.d/pattern.so", FixturePlugin.library("pattern", kind: 2))
        host.server.reload("pattern") { _ in done.withLock { $0 = true } }
        #expect(eventually { done.withLock { $0 } })
        let heard = times(player, 50)
        #expect(heard.times.count == 50 && zip(heard.times, heard.times.dropFirst()).allSatisfy { $1 > $0 })
    }

    @Test func theOperatorEndsOneAndItComesBack() throws {
        let host = try host(Self.test)
        let player = try player(host, "test")
        _ = times(player, 5)
        let stream = try #require(host.stream("test"))
        let server = host.server
        stream.lane.post { if let publication = stream.current { server.end(publication, reason: "ended by the operator") } }
        #expect(eventually { stream.snapshot.reconnects == 1 || host.stream("test") !== stream })
        #expect(eventually { words(host)?.state == "running" })
    }

    @Test func aConfigurationReadAgainStartsAndEndsIt() throws {
        let host = try host("")
        try reload(host, Self.test)
        #expect(eventually { host.stream("test")?.snapshot.tracks != nil })
        let same = try #require(host.server.sources(of: "pattern").first)
        try reload(host, "[[app.live.source]]\nuse = \"pattern\"\nstream = \"other\"\n" + Self.test)
        #expect(eventually { host.stream("other")?.snapshot.tracks != nil })
        #expect(host.server.sources(of: "pattern").contains { $0 === same })
        try reload(host, "")
        #expect(eventually { host.server.streams.count == 0 && host.server.sources.count == 0 })
    }

    @Test func aServerThatStopsDoesNotWaitForIt() throws {
        let host = try host(Self.test)
        #expect(eventually { host.stream("test")?.snapshot.tracks != nil })
        let began = host.server.now
        host.server.drain()
        #expect(host.server.now - began < 2_000_000_000)
    }

    private func reload(_ host: TestHost, _ sources: String) throws {
        var text = "[host]\nplugins = \"plugins.d\"\nthreads = 2\nlog_level = \"critical\"\n"
        for name in ["http", "admin", "sieve"] { text += "[listen.\(name)]\naddress = \"127.0.0.1\"\nport = 0\n" }
        try host.folder.write(
            "sluice.toml", text + "[app.live]\nopen = true\noutputs = [\"sieve\"]\nlinger_s = 1\n" + sources)
        let result = Mutex<Server.Reloaded?>(nil)
        host.server.reload { outcome in result.withLock { $0 = outcome } }
        #expect(eventually { result.withLock { $0 != nil } })
        _ = try result.withLock { $0 }?.get()
    }
}
