import CSluice
import Foundation
import Testing

@testable import HostIsolation

/// The Kaltura plugin as it ships, in a process of its own.
@Suite struct KalturaTests {
    static let library = try? BadPlugin.beside("libSluiceKaltura.so")

    @Test(.enabled(if: KalturaTests.library != nil))
    func decidesFromItsCatalogue() throws {
        // Writing the catalogue may take its time on a busy disk.
        let kaltura = try HostedBad(#require(Self.library)) { $0.hardMilliseconds = 10_000 }
        #expect(kaltura.module.module.pointee.id.copied == "kaltura")
        let added = try #require(kaltura.run("partner", "add", "102"))
        #expect(added.code == 0, "\(added)")
        let entry = try #require(kaltura.run("entry", "add", "0_ab12cd34", "--partner", "102", "--token", "f00dcafe"))
        #expect(entry.code == 0, "\(entry)")
        // Not one of its apps.
        #expect(kaltura.decide("elsewhere")?.decision == SLUICE_VERDICT_ABSTAIN)
        #expect(kaltura.publish("0_ab12cd34", token: "f00dcafe")?.decision == SLUICE_VERDICT_ALLOW)
        #expect(kaltura.publish("0_ab12cd34", token: "wrong")?.decision == SLUICE_VERDICT_DENY)
        kill(kaltura.module.figures.pid, SIGKILL)
        #expect(kaltura.waitUntilRunning(restarts: 1))
        let again = kaltura.publish("0_ab12cd34", token: "f00dcafe")
        #expect(again?.decision == SLUICE_VERDICT_ALLOW, "\(again as Any), \(kaltura.host.notices)")
        let back = kaltura.host.notices.compactMap { if case .restarted(_, _, let time) = $0 { time / 1_000_000 } else { nil } }
        print("kaltura killed: back after \(back) ms, resident \(kaltura.module.figures.residentBytes >> 20) MiB")
        print("kaltura: \(kaltura.host.told.withLock { $0.lines })")
    }

    @Test func roundTripOfADecision() throws {
        let bad = try HostedBad(BadPlugin.library())
        var times: [UInt64] = []
        for _ in 0..<2000 {
            let began = monotonicNanoseconds()
            guard let question = bad.ask("one") else { continue }
            while bad.host.answers(question).isEmpty { sched_yield() }
            if let answer = bad.host.answers(question).first { times.append(answer.time &- began) }
        }
        times.sort()
        print(
            "decision across the border: p50 \(times[times.count / 2] / 1000) µs, p99 \(times[times.count * 99 / 100] / 1000) µs")
        #expect(times.count == 2000)
    }
}

extension HostedBad {
    /// Publishes as an encoder with a Kaltura address does.
    func publish(_ entry: String, token: String) -> FakeHost.Answer? {
        guard let table: UnsafePointer<sluice_auth_interface> = table(SLUICE_INTERFACE_AUTH) else { return nil }
        let question = handle()
        let url = "rtmp://h/kLive?p=102&e=\(entry)&i=0&t=\(token)"
        let status = sluice_text.with(url) { url in
            sluice_text.with("kLive") { app in
                sluice_text.with("\(entry)_1") { stream in
                    var request = sluice_auth_request()
                    request.struct_size = UInt32(MemoryLayout<sluice_auth_request>.size)
                    request.action = SLUICE_ACTION_PUBLISH
                    request.app = app
                    request.raw_app = app
                    request.stream = stream
                    request.raw_stream = stream
                    request.url = url
                    request.deadline_ns = monotonicNanoseconds() + 60_000_000_000
                    return table.pointee.decide?(instance, question, &request) ?? SLUICE_E_UNSUPPORTED
                }
            }
        }
        return status == SLUICE_OK ? answer(question) : nil
    }
}
