import Glibc
import HostConfig
import Testing

@testable import HostCore

/// A plugin is replaced while somebody publishes and somebody plays, and each of the two generations runs in the host or in a process.
/// Whatever the new one says to what it is handed, and whenever: what is on air loses nothing and gets nothing twice.
@Suite(.serialized) struct HandoverTests {
    static let ways = [("host", "host"), ("host", "process"), ("process", "host"), ("process", "process")]
    private static let budgets = "[budgets]\nhard_ms = 20000\n[reload]\ndrain_s = 0\n"

    private func host(_ isolation: String) throws -> TestHost {
        try TestHost("[app.free]\nopen = true\noutputs = [\"sieve\"]\n") {
            try TestHost.installSieve($0, kind: 2, isolation: isolation, more: Self.budgets)
        }
    }

    private func eventually(_ seconds: Double = 60, _ condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<Int(seconds * 100) {
            if try condition() { return true }
            usleep(10_000)
        }
        return false
    }

    /// Puts another library in the plugin's place. The generation before, and the new one.
    private func replace(_ host: TestHost, kind: Int, _ isolation: String) throws -> (
        old: PluginGeneration, new: PluginGeneration
    ) {
        let old = try #require(host.server.registry.active("sieve"))
        try host.folder.write("plugins.d/sieve.so", FixturePlugin.library("sieve", kind: kind))
        let before = old.manifest.isolation.rawValue
        if isolation == before {
            host.server.reload("sieve") { _ in }
        } else {
            // The folder is watched.
            let manifest = host.folder.file("plugins.d/sieve.toml")
            let text = String(decoding: try Files.read(manifest), as: UTF8.self)
            let other = "isolation = \"\(isolation)\""
            try host.folder.write("plugins.d/sieve.toml", text.replacing("isolation = \"\(before)\"", with: other))
        }
        #expect(eventually { host.server.registry.active("sieve").map { $0 !== old } ?? false })
        return (old, try #require(host.server.registry.active("sieve")))
    }

    /// A publisher and a player of one stream.
    private func onAir(_ host: TestHost) throws -> (publisher: LineClient, player: LineClient) {
        let publisher = try host.client()
        publisher.send("PUBLISH free/x\n")
        #expect(publisher.line() == "PUBLISHING")
        publisher.send("FRAME 0 1 10\n")
        #expect(eventually { host.stream("x", app: "free")?.snapshot.tracks != nil })
        let player = try host.client()
        player.send("PLAY free/x\n")
        #expect([player.line(), player.line(), player.line()] == ["HEAD", "BEGIN", "0:10"])
        return (publisher, player)
    }

    private func leases(_ generation: PluginGeneration) -> [Int] {
        [generation.leases.sessions.load(ordering: .relaxed), generation.leases.sinks.load(ordering: .relaxed)]
    }

    /// Lines in halves, as many as it takes until `isOver`, and each of them answered and shown once, in order.
    private func talk(
        _ publisher: LineClient, _ player: LineClient, from first: Int = 1, until isOver: () -> Bool
    ) -> (last: Int, hasStar: Bool) {
        var number = first
        repeat {
            publisher.send("FRAME \(number) 0 5\nECHO \(number)")
            usleep(3000)
            publisher.send("!\n")
            number += 1
        } while number < first + 20 || !isOver() && number < 15_000
        var hasStar = false
        for each in first..<number {
            #expect(publisher.line() == "WHAT ECHO \(each)!")
            let shown = player.line()
            hasStar = shown == "\(each):5*"
            #expect(shown == "\(each):5" || hasStar)
        }
        return (number, hasStar)
    }

    @Test(arguments: ways) func takenAfterAWhile(_ from: String, _ to: String) throws {
        let host = try host(from)
        let (publisher, player) = try onAir(host)
        host.server.importMilliseconds.store(60_000, ordering: .relaxed)
        let (old, new) = try replace(host, kind: 6, to)
        let (last, _) = talk(publisher, player) { leases(new) == [2, 1] && leases(old) == [0, 0] }
        #expect(leases(new) == [2, 1] && leases(old) == [0, 0])
        #expect(talk(publisher, player, from: last) { true }.hasStar)
    }

    @Test(arguments: ways) func refusedAfterAWhile(_ from: String, _ to: String) throws {
        let host = try host(from)
        let (publisher, player) = try onAir(host)
        let (old, new) = try replace(host, kind: 7, to)
        host.server.importMilliseconds.store(60_000, ordering: .relaxed)
        let isRefused = { old.currentPlace == .standby && self.leases(new) == [0, 0] && self.leases(old) == [2, 1] }
        var (last, _) = talk(publisher, player) { isRefused() }
        #expect(isRefused())
        let shown = try host.get("/api/v1/plugins/sieve")["generations"]?.arrayValue
        #expect(shown?.map { $0["leases"]?["sessions"]?.intValue } == [2, 0])
        (last, _) = talk(publisher, player, from: last) { true }
        // The drain time begins with the next change, and is none: goodbye.
        _ = try replace(host, kind: 7, to)
        let (said, more) = (publisher.rest(), player.rest())
        // The player hears why, unless its own connection is closed before its publisher's.
        #expect(said.isEmpty && (more.isEmpty || more == "ENDED the plugin sieve was replaced\n"), "\(said) \(more)")
        #expect(eventually { old.currentPlace == .retired })
    }

    @Test(arguments: ["host", "process"]) func aDeathOverAnImportIsARefusal(_ from: String) throws {
        let host = try host(from)
        let (publisher, player) = try onAir(host)
        let (old, new) = try replace(host, kind: 8, "process")
        let (last, _) = talk(publisher, player) {
            (new.process?.figures.restarts ?? 0) > 0 && leases(new) == [0, 0] && leases(old) == [2, 1]
        }
        #expect(leases(new) == [0, 0] && leases(old) == [2, 1])
        _ = talk(publisher, player, from: last) { true }
        #expect(host.server.registry.record("sieve")?.state == .active)
    }

    @Test(arguments: ["host", "process"]) func anAnswerThatDoesNotComeIsARefusal(_ from: String) throws {
        let host = try host(from)
        let (publisher, player) = try onAir(host)
        host.server.importMilliseconds.store(50, ordering: .relaxed)
        let (old, new) = try replace(host, kind: 9, "process")
        var hasBegun = false
        let (last, _) = talk(publisher, player) {
            hasBegun = hasBegun || leases(new) != [0, 0]
            return leases(new) == [0, 0] && leases(old) == [2, 1]
        }
        #expect(leases(new) == [0, 0] && leases(old) == [2, 1])
        _ = talk(publisher, player, from: last) { true }
    }
}
