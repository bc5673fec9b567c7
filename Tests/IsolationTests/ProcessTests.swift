import CSluice
import Foundation
import Testing

@testable import HostIsolation

/// A plugin in a process of its own does what it does in the host's.
@Suite struct ProcessTests {
    @Test func describesItself() throws {
        let bad = try HostedBad(BadPlugin.library())
        let module = bad.module.module.pointee
        #expect(module.id.copied == "bad" && module.version.copied == "1.0.0" && module.abi_major == 1)
        #expect(module.interface_count == 5 && module.config_schema.copied == "{\"type\":\"object\"}")
        #expect(bad.state == .running && bad.module.figures.pid > 0 && bad.module.figures.residentBytes > 1 << 20)
        #expect(
            bad.host.told.withLock { $0.lines } == [
                "draft of the ABI in use: it may change with any release id=sluice.kv/0", "active configuration={}",
            ])
        #expect(bad.host.told.withLock { $0.events } == ["active {}"])
        // Its own metric; a handle that it was not given has no effect.
        #expect(bad.host.told.withLock { $0.recorded } == [77: 1])
    }

    @Test func decides() throws {
        let bad = try HostedBad(BadPlugin.library(), configuration: "{\"x\":1}")
        let answer = try #require(bad.decide("one"))
        #expect(answer.decision == SLUICE_VERDICT_ALLOW && answer.reason == "{\"x\":1}")
        #expect(answer.attributes == ["group=g", "linger_s=180"])
        try bad.configure("{\"x\":2}")
        #expect(bad.decide("one")?.reason == "{\"x\":2}")
        #expect(bad.decide("late")?.reason == "LATE")
        let refused = try #require(bad.decide("refuse"))
        #expect(refused.decision == SLUICE_VERDICT_FAILED && refused.detail.contains("refused"))
    }

    @Test func aRefusedConfigurationLeavesTheOldOne() throws {
        let bad = try HostedBad(BadPlugin.library(), configuration: "{\"x\":1}")
        #expect(throws: HostedBad.Failure.self) { try bad.configure(String(repeating: "x", count: 300)) }
        #expect(bad.decide("one")?.reason == "{\"x\":1}")
        #expect(throws: (any Error).self) { try HostedBad(BadPlugin.library(), configuration: "unfit") }
    }

    @Test func oneAnswerPerQuestionAndNoneToOthers() throws {
        let bad = try HostedBad(BadPlugin.library())
        let question = try #require(bad.ask("twice"))
        #expect(bad.answer(question)?.reason == "ONE")
        let foreign = try #require(bad.ask("foreign"))
        let answer = bad.answer(foreign)
        #expect(answer?.reason == "MINE" || answer?.decision == SLUICE_VERDICT_FAILED)
        _ = bad.decide("one")
        #expect(bad.host.answers(question).count == 1 && bad.host.answers(foreign + 1).isEmpty)
    }

    @Test func servicesAreTheHosts() throws {
        let bad = try HostedBad(BadPlugin.library())
        #expect(bad.run("say", "a", "", "c")?.output == "a;;c;")
        #expect(bad.run("put", "k1", "v1")?.code == 0 && bad.run("put", "k2", "v2")?.code == 0)
        #expect(bad.run("get", "k1")?.output == "k1=v1;" && bad.run("get", "none")?.code == SLUICE_E_NOT_FOUND)
        #expect(bad.run("each", "k")?.output == "k1=v1;k2=v2;")
        #expect(bad.run("app", "kLive")?.output == "{\"a\":1};" && bad.run("app", "x")?.code == SLUICE_E_NOT_FOUND)
        #expect(bad.run("apps")?.output == "kLive;live;" && bad.run("folder")?.output == "\(bad.folder);")
        #expect(bad.run("find", "live", "one")?.output == "one:2;")
        #expect(bad.run("find", "live", "two")?.code == SLUICE_E_NOT_FOUND)
        for _ in 0..<3 { bad.event("stream.live") }
        #expect(bad.run("events")?.output == "3")
    }

    @Test func routes() throws {
        let bad = try HostedBad(BadPlugin.library())
        let table: UnsafePointer<sluice_routes_interface> = try #require(bad.table(SLUICE_INTERFACE_ROUTES))
        #expect(table.pointee.route_count == 3 && table.pointee.routes?[0].pattern.copied == "/api/v1/plugins/bad/echo")
        let body = [UInt8](repeating: 0x61, count: 500_000)
        let answer = try #require(bad.request(route: 0, body: body))
        #expect(answer.status == 201 && answer.headers == ["x-route=POST"] && answer.body.utf8.count == body.count)
        #expect(bad.request(route: 0, body: [UInt8](repeating: 0x61, count: 2 << 20))?.status == 413)
        let pieces = try #require(bad.request(route: 2, body: []))
        #expect(pieces.status == 201 && pieces.body == "piece;piece;" && bad.module.figures.restarts == 0)
        #expect(bad.request(route: 1, body: [])?.status == 503)
    }

    @Test func commandsRunBeforeItIsActive() throws {
        let bad = try HostedBad(BadPlugin.library(), until: "selftest")
        #expect(bad.run("say", "a")?.output == "a;" && bad.ask("one") == nil)
        #expect(bad.run("abort")?.errors.contains("signal 6") == true && eventually { bad.state == .failed })
    }

    @Test func endsCleanly() throws {
        let bad = try HostedBad(BadPlugin.library())
        let pid = bad.module.figures.pid
        bad.end()
        #expect(bad.state == .ended && kill(pid, 0) != 0)
        #expect(bad.notices == [])
    }

    @Test func mediaInterfacesThatTheManifestDoesNotNameAreRefused() throws {
        let reason = "the library offers sluice.sink/1, which its manifest does not name"
        #expect(throws: ProcessModuleError.refused(reason)) { try HostedBad(BadPlugin.library("MEDIA")) }
    }
}

extension HostedBad {
    /// Deaths, restarts and quarantine, without what was printed.
    var notices: [ProcessNotice] {
        host.notices.filter { if case .output = $0 { false } else { true } }
    }
}
