import CSluice
import Foundation
import Testing

@testable import HostIsolation

/// However a plugin dies, it dies alone: its questions fail at once, and it is back at once.
@Suite struct DeathTests {
    @Test(arguments: [
        ("abort", "signal 6"), ("exit", "exit code 3"), ("null", "signal 11"), ("gigabytes", "signal 11"),
        ("say", "famous last words"), ("garbage", "must not"), ("hangup", "it "),
    ])
    func aDeathFailsItsQuestionsAndIsFollowedByAStart(_ way: String, _ reason: String) throws {
        let bad = try HostedBad(BadPlugin.library(), configuration: "{\"x\":1}")
        let silent = try #require(bad.ask("silent"))
        let failed = try #require(bad.decide(way))
        #expect(failed.decision == SLUICE_VERDICT_FAILED && failed.detail.contains(reason), "\(failed)")
        #expect(bad.answer(silent)?.decision == SLUICE_VERDICT_FAILED)
        // Asked in between: it waits for the new process.
        #expect(bad.decide("one")?.reason == "{\"x\":1}")
        #expect(bad.waitUntilRunning(restarts: 1) && bad.module.figures.lastDeath.contains(reason))
        guard case .died(let told, 10) = bad.notices.first else { return #expect(Bool(false), "\(bad.notices)") }
        #expect(told.contains(reason))
        guard case .restarted(_, 1, let nanoseconds) = bad.notices.last else { return #expect(Bool(false), "\(bad.notices)") }
        #expect(nanoseconds < 2_000_000_000)
    }

    @Test func aLoopIsEndedWithItsReason() throws {
        let bad = try HostedBad(BadPlugin.library()) { $0.hardMilliseconds = 100 }
        let failed = try #require(bad.decide("loop"))
        #expect(failed.decision == SLUICE_VERDICT_FAILED && failed.detail.contains("loops"), "\(failed)")
        #expect(bad.decide("one")?.decision == SLUICE_VERDICT_ALLOW)
    }

    @Test func aProcessThatStandsStillIsEnded() throws {
        let bad = try HostedBad(BadPlugin.library()) { $0.hardMilliseconds = 100 }
        kill(bad.module.figures.pid, SIGSTOP)
        #expect(bad.waitUntilRunning(restarts: 1) && bad.module.figures.lastDeath.contains("loops or blocks"))
    }

    /// What it does not read waits, and what is too much is refused; nobody waits for it.
    @Test func aProcessThatDoesNotReadHoldsNobodyUp() throws {
        let bad = try HostedBad(BadPlugin.library()) { $0.hardMilliseconds = 30_000 }
        kill(bad.module.figures.pid, SIGSTOP)
        let token = String(repeating: "x", count: 60_000)
        var refused = 0
        var slowest: UInt64 = 0
        for _ in 0..<200 {
            let began = monotonicNanoseconds()
            if bad.ask("one", token: token) == nil { refused += 1 }
            slowest = max(slowest, monotonicNanoseconds() &- began)
        }
        #expect(refused > 50 && slowest < 1_500_000_000, "refused \(refused), slowest \(slowest / 1000) µs")
        kill(bad.module.figures.pid, SIGCONT)
        #expect(bad.decide("one")?.decision == SLUICE_VERDICT_ALLOW)
    }

    @Test func silenceIsTheQuestionersToEnd() throws {
        let bad = try HostedBad(BadPlugin.library()) { $0.hardMilliseconds = 300 }
        let silent = try #require(bad.ask("silent"))
        usleep(1_500_000)
        #expect(bad.host.answers(silent).isEmpty && bad.module.figures.restarts == 0 && bad.module.figures.open == 1)
        bad.cancel(silent)
        #expect(bad.module.figures.open == 0 && bad.decide("one")?.decision == SLUICE_VERDICT_ALLOW)
    }

    @Test func commandsAndRequestsEndWithTheProcess() throws {
        let bad = try HostedBad(BadPlugin.library())
        let reply = try #require(bad.run("abort"))
        #expect(reply.code == 1 && reply.errors.contains("died") && reply.errors.contains("signal 6"))
        #expect(bad.waitUntilRunning(restarts: 1))
        let response = try #require(bad.request(route: 1, body: []))
        #expect(response.status == 503 && response.headers == ["retry-after=1"])
    }

    @Test func fiveEarlyDeathsAreQuarantine() throws {
        let bad = try HostedBad(BadPlugin.library())
        for life in 1...5 {
            #expect(bad.decide("abort")?.decision == SLUICE_VERDICT_FAILED)
            if life < 5 { #expect(bad.waitUntilRunning(restarts: life)) }
        }
        #expect(eventually { bad.state == .quarantined } && bad.module.figures.pid == 0)
        guard case .quarantined(let reason) = bad.notices.last else { return #expect(Bool(false), "\(bad.notices)") }
        #expect(reason.contains("5 deaths within 10 s") && reason.contains("signal 6"))
        #expect(bad.ask("one") == nil && bad.run("say")?.errors.contains("quarantined") == true)
        #expect(bad.request(route: 0, body: [])?.status == 503)
        bad.module.restart()
        #expect(bad.waitUntilRunning(restarts: 5) && bad.decide("one")?.decision == SLUICE_VERDICT_ALLOW)
    }

    @Test func aProcessThatDiesInItsSecondLifeEndsInQuarantine() throws {
        let bad = try HostedBad(BadPlugin.library("AT_ACTIVATE"))
        #expect(bad.decide("abort")?.decision == SLUICE_VERDICT_FAILED)
        #expect(eventually { bad.state == .quarantined }, "\(bad.notices)")
        #expect(bad.notices.count == 5)
    }

    @Test(arguments: ["AT_ENTRY", "AT_CREATE", "AT_CONFIGURE", "AT_SELFTEST"])
    func aDeathAtLoadIsAFailureWithItsReason(_ step: String) throws {
        do {
            _ = try HostedBad(BadPlugin.library(step))
            #expect(Bool(false), "it loaded")
        } catch {
            #expect("\(error)".contains("signal 6"), "\(error)")
        }
    }

    @Test func aPluginThatHangsAtLoadIsEnded() throws {
        let began = Date()
        do {
            _ = try HostedBad(BadPlugin.library("HANGS")) { $0.loadMilliseconds = 300 }
            #expect(Bool(false), "it loaded")
        } catch {
            #expect("\(error)".contains("did not end create in time"), "\(error)")
        }
        #expect(Date().timeIntervalSince(began) < 10)
    }

    @Test func theOperatorRestarts() throws {
        let bad = try HostedBad(BadPlugin.library())
        let pid = bad.module.figures.pid
        bad.module.restart()
        #expect(bad.waitUntilRunning(restarts: 1) && bad.module.figures.pid != pid)
    }

    @Test func aMissingRunnerOrLibraryIsTold() throws {
        #expect(throws: ProcessModuleError.self) { try HostedBad(BadPlugin.library()) { $0.runner = "/none" } }
        #expect(throws: ProcessModuleError.self) { try HostedBad(BadPlugin.library()) { $0.library = "/none" } }
        #expect(throws: ProcessModuleError.self) { try HostedBad(BadPlugin.library()) { $0.library = "/etc/hostname" } }
    }

    @Test func aFloodOfLinesHurtsNobody() throws {
        let bad = try HostedBad(BadPlugin.library())
        #expect(bad.run("flood")?.code == 0)
        #expect(bad.decide("one")?.decision == SLUICE_VERDICT_ALLOW)
    }

    @Test func modulesLeaveNothingBehind() throws {
        let library = try BadPlugin.library()
        var (pids, modules): ([Int32], [WeakModule]) = ([], [])
        for _ in 0..<20 {
            let bad = try HostedBad(library)
            _ = bad.decide("one")
            pids.append(bad.module.figures.pid)
            modules.append(WeakModule(module: bad.module))
        }
        #expect(eventually { pids.allSatisfy { kill($0, 0) != 0 } }, "processes")
        #expect(eventually { modules.allSatisfy { $0.module == nil } }, "modules, with what they hold")
    }

    @Test func aKilledProcessUnderLoadIsBackInTime() throws {
        let bad = try HostedBad(BadPlugin.library())
        var questions: [(UInt64, UInt64)] = []
        let killer = Thread {
            for _ in 0..<3 {
                usleep(600_000)
                kill(bad.module.figures.pid, SIGKILL)
            }
        }
        killer.start()
        // 200 a second for 2.5 s; three deaths.
        for _ in 0..<500 {
            let now = monotonicNanoseconds()
            if let question = bad.ask("one") { questions.append((question, now)) }
            usleep(5000)
        }
        #expect(questions.count == 500)
        var slowest: UInt64 = 0
        var failed = 0
        for (question, asked) in questions {
            let answer = try #require(bad.answer(question))
            slowest = max(slowest, answer.time &- asked)
            if answer.decision == SLUICE_VERDICT_FAILED { failed += 1 }
            #expect(bad.host.answers(question).count == 1)
        }
        #expect(slowest < 5_000_000_000 && failed < 100, "slowest \(slowest / 1000) µs, failed \(failed)")
        let back = bad.notices.compactMap { if case .restarted(_, _, let time) = $0 { time / 1_000_000 } else { nil } }
        print("killed under 200 questions/s: back after \(back) ms, slowest answer \(slowest / 1_000_000) ms, failed \(failed)")
        #expect(back.count == 3)
    }
}

private struct WeakModule { weak var module: ProcessModule? }
