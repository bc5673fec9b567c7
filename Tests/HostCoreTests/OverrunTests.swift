import CHostGuard
import Glibc
import HostConfig
import SluiceJSON
import Synchronization
import Testing

@testable import HostCore

/// Calls that take too long: seen while they hang, and what the manifest says follows.
@Suite(.serialized) struct OverrunTests {
    private static let apps = """
        [app.free]
        open = true
        outputs = ["sieve"]
        [app.live]
        auth = ["gate"]
        outputs = ["sieve"]

        """

    private func host(_ then: String, kind: Int = 0, hard: Int = 200, gate: String = "") throws -> TestHost {
        try TestHost(Self.apps) { folder in
            try TestHost.installSieve(
                folder, kind: kind, more: "[budgets]\nhard_ms = \(hard)\n\(then.isEmpty ? "" : "on_overrun = \"\(then)\"\n")")
            try TestHost.installGate(folder, more: gate)
        }
    }

    private func health(_ host: TestHost) throws -> String {
        let client = try LineClient(port: host.server.port("admin") ?? 0)
        client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        return client.rest()
    }

    private func change(_ body: (@escaping PluginChanges.Done) -> Void) -> Result<PluginChange, PluginChangeFailure> {
        let result = Mutex<Result<PluginChange, PluginChangeFailure>?>(nil)
        body { outcome in result.withLock { $0 = outcome } }
        _ = eventually { result.withLock { $0 != nil } }
        return result.withLock { $0 } ?? .failure(PluginChangeFailure("no answer"))
    }

    @Test func aCallIsSeenWhileItHangs() throws {
        let host = try host("")
        #expect(try health(host).hasSuffix("ok\n"))
        let generation = try #require(host.server.registry.active("sieve"))
        let client = try host.client()
        client.send("SLEEP 2000\n")
        #expect(eventually { generation.budget.hangingCalls == 1 })
        let seen = try #require(generation.budget.lastOverrun)
        #expect(seen.kind == .hangs && seen.call == .bytes && seen.thread.contains("NIO") && seen.milliseconds >= 200)
        // Not over HTTP: the connection may be the hanging thread's.
        #expect(host.server.degradations == ["a call into sieve hangs"])
        let shown = try Listing.plugin(#require(host.server.registry.record("sieve")))
        #expect(shown["budgets"]?["hanging"]?.intValue == 1 && shown["budgets"]?["hard_overruns"]?.intValue == 1)
        #expect(shown["budgets"]?["last"]?["function"]?.stringValue == "bytes")
        #expect(client.line() == "SLEPT")
        #expect(eventually { generation.budget.hangingCalls == 0 })
        #expect(generation.budget.hardOverruns == 1 && generation.budget.lastOverrun?.kind == .returned)
        #expect(generation.budget.busyNanoseconds > 1_000_000_000)
        #expect(host.server.registry.active("sieve") === generation, "told, not touched")
        #expect(try health(host).contains("took too long within the last minute"))
    }

    @Test func aPluginThatIsBypassedGetsNoFurtherCall() throws {
        let host = try host("bypass", kind: 2)
        let before = try #require(host.server.registry.active("sieve"))
        let publisher = try host.client()
        publisher.send("PUBLISH free/x\n")
        #expect(publisher.line() == "PUBLISHING")
        publisher.send("FRAME 0 1 10\n")
        let player = try host.client()
        player.send("PLAY free/x\n")
        #expect(player.line() == "HEAD")
        let culprit = try host.client()
        culprit.send("SLEEP 800\n")
        #expect(eventually { host.server.registry.record("sieve")?.state == .quarantined })
        #expect(host.server.registry.record("sieve")?.reason.contains("bytes went over the hard budget of 200 ms") == true)
        #expect(
            eventually {
                before.leases.sessions.load(ordering: .relaxed) == 0 && before.leases.sinks.load(ordering: .relaxed) == 0
            })
        while player.line() != nil {}
        #expect(publisher.line() == nil)
        #expect(before.currentPlace == .bypassed)
        #expect(try host.client().line() == nil, "nobody new is given to it")
        #expect(host.server.registry.record("gate")?.state == .active)
        #expect(try health(host).contains("sieve is QUARANTINED"))
        _ = try change { host.server.reload("sieve", handover: false, $0) }.get()
        let again = try host.client()
        again.send("PUBLISH free/x\n")
        #expect(again.line() == "PUBLISHING")
        #expect(eventually { before.currentPlace == .retired })
    }

    @Test func questionsOfABypassedPluginEndByTheChainsPolicy() throws {
        let host = try host("", gate: "[budgets]\nhard_ms = 200\non_overrun = \"bypass\"\n")
        let waiting = try host.client()
        waiting.send("PUBLISH live/w?key=silent\n")
        #expect(eventually { host.server.auth.openQuestions == 1 })
        let slow = try host.client()
        slow.send("PUBLISH live/s?key=sleep\n")
        #expect(waiting.line()?.hasPrefix("DENIED") == true)
        #expect(slow.line()?.hasPrefix("DENIED") == true)
        #expect(host.server.registry.record("gate")?.state == .quarantined)
        let late = try host.client()
        late.send("PUBLISH live/l?key=open\n")
        #expect(late.line()?.hasPrefix("DENIED") == true)
        late.send("PUBLISH free/l\n")
        #expect(late.line() == "PUBLISHING", "others go on")
    }

    @Test func aNewGenerationTakesOver() throws {
        let host = try host("restart", kind: 2)
        let before = try #require(host.server.registry.active("sieve"))
        let publisher = try host.client()
        publisher.send("PUBLISH free/x\n")
        #expect(publisher.line() == "PUBLISHING")
        let culprit = try host.client()
        culprit.send("SLEEP 1000\n")
        #expect(eventually { host.server.registry.active("sieve").map { $0 !== before } ?? false })
        #expect(culprit.line() == "SLEPT", "its session has moved, or stays until it ends")
        let now = try #require(host.server.registry.active("sieve"))
        #expect(eventually { now.leases.sessions.load(ordering: .relaxed) == 2 })
        publisher.send("FRAME 40 1 10\n")
        #expect(eventually { host.stream("x", app: "free")?.snapshot.figures.frames == 1 })
    }

    @Test func oneThatHangsAgainAndAgainIsBypassed() throws {
        let host = try host("restart", hard: 100)
        for _ in 0...PluginChanges.restartLimit {
            let number = host.server.registry.record("sieve")?.generation?.number
            let client = try host.client()
            client.send("SLEEP 250\n")
            _ = client.line()
            #expect(
                eventually {
                    guard let record = host.server.registry.record("sieve") else { return false }
                    return record.state == .quarantined || record.generation?.number != number
                })
        }
        #expect(eventually { host.server.registry.record("sieve")?.state == .quarantined })
        #expect(host.server.registry.record("sieve")?.reason.contains("after 5 restarts in a minute") == true)
    }

    // MARK: The budget by itself

    private func budget(_ soft: Int, _ hard: Int) -> (CallBudget, @Sendable () -> [String]) {
        let told = Shared()
        let budget = CallBudget(id: "test", softMilliseconds: soft, hardMilliseconds: hard) { overrun in
            told.list.withLock { $0.append("\(overrun.call.name) \(overrun.milliseconds) \(overrun.kind)") }
        }
        return (budget, { told.list.withLock { $0 } })
    }

    private final class Shared: Sendable { let list = Mutex<[String]>([]) }

    @Test func overrunsAreCountedAndTold() {
        let (budget, told) = budget(2, 500)
        let second: UInt64 = 1_000_000_000
        let now = HostNow.nanoseconds &+ 1000 * second
        budget.note(.frames, 3_000_000, at: now)
        budget.note(.frames, 4_000_000, at: now + second)
        budget.note(.bytes, 600_000_000, at: now + 2 * second)
        budget.note(.bytes, 700_000_000, at: now + 2 * second)
        budget.note(.timer, 5_000_000, at: now + 11 * second)
        budget.note(.activate, 900_000_000, at: now + 12 * second)
        budget.note(.taskRun, 90 * second, at: now + 13 * second)
        #expect(told() == ["frames 3 soft", "bytes 600 hard", "bytes 700 hard", "timer 5 soft"])
        #expect(budget.softOverruns == 5 && budget.hardOverruns == 2)
    }

    @Test func aCallThatWasToldWhileItHungIsCountedOnce() {
        let (budget, told) = budget(1, 50)
        CallWatch.shared.add(budget)
        defer { CallWatch.shared.remove(budget) }
        #expect(
            budget.measure(.frames) {
                _ = eventually { budget.hangingCalls == 1 }
                return 7
            } == 7)
        #expect(budget.hardOverruns == 1 && budget.softOverruns == 1 && budget.hangingCalls == 0)
        #expect(told().count == 2 && told().first?.hasSuffix("hangs") == true && told().last?.hasSuffix("returned") == true)
    }

    @Test func aCallWithinACallIsTheOnesOutside() {
        let (budget, told) = budget(1, 50)
        CallWatch.shared.add(budget)
        defer { CallWatch.shared.remove(budget) }
        budget.measure(.bytes) {
            _ = budget.measure(.getInterface) { usleep(10) }
            _ = eventually { budget.hangingCalls == 1 }
        }
        #expect(told().contains { $0.hasPrefix("bytes") && $0.hasSuffix("hangs") } && budget.hardOverruns == 1)
    }
}

private enum HostNow {
    static var nanoseconds: UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
