import Dispatch
import Foundation
import Glibc
import HostConfig
import Synchronization
import Testing

@testable import HostCore

/// A plugin is replaced while sessions of it are open.
@Suite(.serialized) struct ReloadTests {
    private static let apps = "[app.free]\nopen = true\noutputs = [\"sieve\"]\n"

    private func host(kind: Int) throws -> TestHost { try TestHost(Self.apps) { try TestHost.installSieve($0, kind: kind) } }

    /// A change, waited for.
    private func change(_ body: (@escaping PluginChanges.Done) -> Void) -> Result<PluginChange, PluginChangeFailure> {
        let result = Mutex<Result<PluginChange, PluginChangeFailure>?>(nil)
        body { outcome in result.withLock { $0 = outcome } }
        _ = eventually { result.withLock { $0 != nil } }
        return result.withLock { $0 } ?? .failure(PluginChangeFailure("no answer"))
    }

    private func eventually(_ seconds: Double = 60, _ condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<Int(seconds * 100) {
            if try condition() { return true }
            usleep(10_000)
        }
        return false
    }

    /// A publisher and a player of one stream, both in the middle of it.
    private func onAir(_ host: TestHost, mark: String = "") throws -> (publisher: LineClient, player: LineClient) {
        let publisher = try host.client()
        publisher.send("PUBLISH free/x\n")
        #expect(publisher.line() == "PUBLISHING")
        publisher.send("FRAME 0 1 10\n")
        #expect(eventually { host.stream("x", app: "free")?.snapshot.tracks != nil })
        let player = try host.client()
        player.send("PLAY free/x\n")
        #expect(player.line() == "HEAD")
        #expect(player.line() == "BEGIN")
        #expect(player.line() == "0:10\(mark)")
        return (publisher, player)
    }

    @Test func sessionsAndSinksMoveInTheMiddleOfALine() throws {
        let host = try host(kind: 2)
        let (publisher, player) = try onAir(host)
        // Half a line is the session's state.
        publisher.send("FRAME 40 0 1")
        usleep(50_000)
        let before = try #require(host.server.registry.active("sieve"))
        try host.folder.write("plugins.d/sieve.so", FixturePlugin.library("sieve", kind: 4))
        let changed = try change { host.server.reload("sieve", $0) }.get()
        #expect(changed.generation > before.number)
        let now = try #require(host.server.registry.active("sieve"))
        #expect(
            eventually { now.leases.sessions.load(ordering: .relaxed) == 2 && now.leases.sinks.load(ordering: .relaxed) == 1 })
        #expect(!before.isNeeded && before.currentPlace == .standby)
        publisher.send("1\nFRAME 80 0 12\n")
        #expect(player.line() == "40:11*")
        #expect(player.line() == "80:12*")
        let late = try host.client()
        late.send("PLAY free/x\n")
        #expect(late.line() == "HEAD")
        let shown = try host.get("/api/v1/plugins/sieve")["generations"]?.arrayValue
        #expect(shown?.map { $0["state"]?.stringValue } == ["standby", "active"])
    }

    @Test func sessionsThatCannotMoveStayUntilTheyEnd() throws {
        let host = try host(kind: 0)
        let (publisher, player) = try onAir(host)
        let before = try #require(host.server.registry.active("sieve"))
        _ = try change { host.server.reload("sieve", $0) }.get()
        // The next reload ends the window of the first as good.
        _ = try change { host.server.reload("sieve", $0) }.get()
        publisher.send("FRAME 40 0 11\n")
        #expect(player.line() == "40:11")
        #expect(before.currentPlace == .draining && before.isNeeded)
        publisher.hangUp()
        player.hangUp()
        #expect(eventually { before.currentPlace == .retired })
        // The second one when the health window of the third is over.
        #expect(eventually { host.server.registry.record("sieve")?.retired == 2 })
    }

    @Test func aFurtherReloadEndsTheWindowAsGood() throws {
        let host = try host(kind: 0)
        let waiting = Mutex<Result<PluginChange, PluginChangeFailure>?>(nil)
        let first = try #require(host.server.registry.active("sieve"))
        host.server.reload("sieve", wait: true) { outcome in waiting.withLock { $0 = outcome } }
        #expect(eventually { host.server.registry.active("sieve") !== first })
        #expect(waiting.withLock { $0 == nil })
        _ = try change { host.server.reload("sieve", $0) }.get()
        #expect(try waiting.withLock { try $0?.get().generation } != nil)
        #expect(eventually { first.currentPlace == .retired })
    }

    @Test func aBlobThatIsRefusedLeavesTheSessionWhereItIs() throws {
        let host = try host(kind: 2)
        let (publisher, player) = try onAir(host)
        let before = try #require(host.server.registry.active("sieve"))
        try host.folder.write("plugins.d/sieve.so", FixturePlugin.library("sieve", kind: 3))
        _ = try change { host.server.reload("sieve", $0) }.get()
        usleep(100_000)
        publisher.send("FRAME 40 0 11\n")
        #expect(player.line() == "40:11")
        #expect(before.leases.sessions.load(ordering: .relaxed) == 2)
    }

    @Test func aSinkThatIsRefusedIsReplacedAtTheNextKeyFrame() throws {
        let host = try host(kind: 4)
        let publisher = try host.client()
        publisher.send("PUBLISH free/x\n")
        #expect(publisher.line() == "PUBLISHING")
        publisher.send("FRAME 0 1 10\n")
        #expect(eventually { host.stream("x", app: "free")?.snapshot.tracks != nil })
        let player = try host.client()
        player.send("PLAY free/x\n")
        #expect([player.line(), player.line(), player.line()] == ["HEAD", "BEGIN", "0:10*"])
        let before = try #require(host.server.registry.active("sieve"))
        try host.folder.write("plugins.d/sieve.so", FixturePlugin.library("sieve", kind: 3))
        _ = try change { host.server.reload("sieve", $0) }.get()
        let now = try #require(host.server.registry.active("sieve"))
        usleep(100_000)
        publisher.send("FRAME 40 0 11\n")
        #expect(player.line() == "40:11*")
        #expect(now.leases.sinks.load(ordering: .relaxed) == 0 && before.leases.sinks.load(ordering: .relaxed) == 1)
        // The key frame in the middle of a batch: what is before it is the old one's, from it on the new one's.
        publisher.send("FRAME 80 0 12\nFRAME 120 1 13\nFRAME 160 0 14\n")
        #expect([player.line(), player.line(), player.line(), player.line()] == ["80:12*", "BEGIN", "120:13", "160:14"])
        #expect(
            eventually { now.leases.sinks.load(ordering: .relaxed) == 1 && before.leases.sinks.load(ordering: .relaxed) == 0 })
        let late = try host.client()
        late.send("PLAY free/x\n")
        #expect([late.line(), late.line(), late.line(), late.line()] == ["HEAD", "BEGIN", "120:13", "160:14"])
        #expect(host.stream("x", app: "free")?.sinks.map(\.playerCount) == [2])
        player.hangUp()
        #expect(eventually { host.stream("x", app: "free")?.sinks.map(\.playerCount) == [1] })
        publisher.send("FRAME 200 1 15\n")
        #expect(late.line() == "200:15")
    }

    @Test func aSinkWithoutPublisherIsReplacedAtOnce() throws {
        let host = try host(kind: 4)
        let (publisher, player) = try onAir(host, mark: "*")
        publisher.send("STOP\n")
        #expect(publisher.line() == "STOPPED")
        try host.folder.write("plugins.d/sieve.so", FixturePlugin.library("sieve", kind: 3))
        _ = try change { host.server.reload("sieve", $0) }.get()
        let now = try #require(host.server.registry.active("sieve"))
        #expect(eventually { now.leases.sinks.load(ordering: .relaxed) == 1 })
        #expect(player.line() == "BEGIN")
        let again = try host.client()
        again.send("PUBLISH free/x\n")
        #expect(again.line() == "PUBLISHING")
        again.send("FRAME 0 1 20\n")
        let line = try #require(player.line())
        #expect(line.hasSuffix(":20!"))
    }

    @Test func sessionsHearOfDraining() throws {
        let host = try host(kind: 2)
        let (publisher, player) = try onAir(host)
        host.server.beginDrain()
        #expect(publisher.line() == "DRAINING the server is about to stop, 10 s")
        #expect(player.line() == "DRAINING the server is about to stop, 10 s")
        host.server.beginDrain()
        publisher.send("FRAME 40 0 11\n")
        #expect(player.line() == "40:11")
    }

    @Test func troubleInTheHealthWindowBringsTheOldOneBack() throws {
        let host = try host(kind: 0)
        let before = try #require(host.server.registry.active("sieve"))
        try host.folder.write("plugins.d/sieve.so", FixturePlugin.library("sieve", kind: 1))
        let waiting = Mutex<Result<PluginChange, PluginChangeFailure>?>(nil)
        host.server.reload("sieve", wait: true) { outcome in waiting.withLock { $0 = outcome } }
        #expect(eventually { host.server.registry.active("sieve") !== before })
        for _ in 0..<PluginChanges.troubleLimit { #expect(try host.client().line() == nil) }
        #expect(eventually { host.server.registry.active("sieve") === before })
        #expect(eventually { waiting.withLock { $0 != nil } })
        guard case .failure(let failure) = waiting.withLock({ $0 }) else { return #expect(Bool(false), "no failure") }
        #expect(failure.description.contains("not today"))
        #expect(host.server.registry.record("sieve")?.reason.contains("taken back") == true)
        let client = try host.client()
        client.send("PUBLISH free/x\n")
        #expect(client.line() == "PUBLISHING")
    }

    @Test(arguments: [
        (1, "exports no sluice_module_v1"), (2, "built for ABI 2"), (3, "this host is too old for me"),
        (4, "the library says 'other'"), (7, "create: there is no table"), (8, "self-test: two and two"),
        (9, "configure: not with"),
        (10, "activate: too tired"), (12, "has no create"), (16, "killed the child process"), (17, "ended the child process"),
    ])
    func aReloadThatFailsLeavesTheOldOneServing(kind: Int, reason: String) throws {
        let host = try TestHost(overrides: []) { folder in
            try TestHost.install(
                folder, "broken", FixturePlugin.library("broken", kind: 0), id: "broken", interfaces: ["selftest", "observer"])
        }
        let before = try #require(host.server.registry.active("broken"))
        try host.folder.write("plugins.d/broken.so", FixturePlugin.library("broken", kind: kind))
        guard case .failure(let failure) = change({ host.server.reload("broken", $0) }) else {
            return #expect(Bool(false), "the reload was made")
        }
        #expect(failure.description.contains(reason), "\(failure)")
        #expect(host.server.registry.active("broken") === before)
        #expect(host.server.registry.record("broken")?.state == .active)
        #expect(try Files.list(host.folder.file("data/staged")).isEmpty, "no copy stays behind")
    }

    @Test func anEntryThatNeverReturnsIsEndedAtTheDeadline() throws {
        let folder = try TestFolder()
        let path = try folder.write("loop.so", FixturePlugin.library("broken", kind: 15))
        let probe = try #require(PluginProbe(), "the Runner is built beside the tests")
        let began = HostClock.wallMicroseconds
        #expect(throws: PluginProbe.Refusal.blocked(milliseconds: 300)) {
            try probe.run(StagedLibrary(source: path, path: path, sha256: ""), id: "broken", deadline: 300)
        }
        #expect(HostClock.wallMicroseconds - began < 10_000_000)
    }

    /// NIO's sockets are not close-on-exec; what a probe kept of them would keep viewers' connections open.
    @Test func aProbeHasNothingThatTheHostHasOpen() throws {
        let folder = try TestFolder()
        let path = try folder.write("loop.so", FixturePlugin.library("broken", kind: 15))
        let probe = try #require(PluginProbe(), "the Runner is built beside the tests")
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { close(ends[0]) }
        let ended = DispatchSemaphore(value: 0)
        DispatchQueue.global().async {
            _ = try? probe.run(StagedLibrary(source: path, path: path, sha256: ""), id: "broken", deadline: 60_000)
            ended.signal()
        }
        var child: pid_t?
        #expect(
            eventually {
                child = Self.process(of: path)
                return child != nil
            })
        close(ends[1])
        var item = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
        #expect(poll(&item, 1, 30_000) == 1, "somebody still has the other end")
        if let child { kill(child, SIGKILL) }
        ended.wait()
    }

    /// The child that was started with `argument`.
    private static func process(of argument: String) -> pid_t? {
        let own = getpid()
        let numbers = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { pid_t($0) } ?? []
        return numbers.first { number in
            guard number != own, let line = FileManager.default.contents(atPath: "/proc/\(number)/cmdline") else { return false }
            return String(decoding: line, as: UTF8.self).contains(argument)
        }
    }

    @Test func changesAreRefusedWithReasons() throws {
        let host = try host(kind: 0)
        guard case .failure(let missing) = change({ host.server.reload("nobody", $0) }) else { return #expect(Bool(false)) }
        #expect(missing.kind == .missing)
        let manifest = host.folder.file("plugins.d/sieve.toml")
        let text = String(decoding: try Files.read(manifest), as: UTF8.self)
        try host.folder.write("plugins.d/sieve.toml", text.replacing("\"sluice.sink/1\"", with: "\"sluice.routes/1\""))
        guard case .failure(let failure) = change({ host.server.reload("sieve", $0) }) else { return #expect(Bool(false)) }
        #expect(failure.description.contains("its interfaces changed") || failure.kind == .busy, "\(failure)")
        #expect(host.server.registry.active("sieve") != nil)
    }

    @Test func disableHoldsAndEnableTakesItBack() throws {
        let host = try host(kind: 0)
        let (publisher, _) = try onAir(host)
        _ = try change { host.server.disable("sieve", $0) }.get()
        #expect(host.server.registry.record("sieve")?.state == .disabled)
        #expect(eventually { publisher.line() == nil })
        #expect(eventually { (try? host.client()) == nil }, "the listener is closed")
        guard case .failure(let failure) = change({ host.server.load("sieve", $0) }) else { return #expect(Bool(false)) }
        #expect(failure.description.contains("disabled by the operator"))
        _ = try change { host.server.enable("sieve", $0) }.get()
        #expect(eventually { (try? host.client()) != nil })
    }

    @Test func theFolderIsWatched() throws {
        let host = try TestHost(Self.apps, overrides: []) { _ in }
        try TestHost.installSieve(host.folder)
        #expect(eventually { host.server.registry.active("sieve") != nil })
        let before = try #require(host.server.registry.active("sieve"))
        let manifest = host.folder.file("plugins.d/sieve.toml")
        let text = String(decoding: try Files.read(manifest), as: UTF8.self)
        try host.folder.write("plugins.d/sieve.toml", text + "\nhalf = \"writ")
        #expect(eventually { host.server.registry.record("sieve")?.reason.contains("manifest is refused") == true })
        #expect(host.server.registry.active("sieve") === before)
        try host.folder.write("plugins.d/sieve.toml", text + "\n[budgets]\nsoft_ms = 5\n")
        #expect(eventually { host.server.registry.active("sieve").map { $0 !== before } ?? false })
        unlink(manifest)
        #expect(eventually { host.server.registry.active("sieve") == nil })
        #expect(eventually { host.server.registry.record("sieve")?.manifest == nil }, "forgotten, but for its library")
    }
}
