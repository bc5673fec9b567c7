import Formats
import Testing

@testable import HLSCore

/// A stream that is handed to another packager goes on as if nothing had been.
@Suite struct HandoverTests {
    @Test(
        arguments: [
            "watched", "B-frames", "odd", "video only", "audio only", "long GOPs", "muxed", "languages", "reconnects", "cuts",
            "audio stops",
            "video stops", "ended", "cold", "cold and ended", "naps",
        ], [97, 31])
    func nobodyNotices(_ name: String, _ period: Int) throws {
        let script = try #require(HandoverScript.all[name]?())
        var pair = HandoverPair(script.configuration, seed: UInt64(period) &* 0x9E37_79B9)
        try pair.run(script, every: period)
        #expect(pair.difference == nil)
        #expect(pair.handovers >= script.steps.count / period && pair.answers > 20)
        if name == "watched" { #expect(pair.releases > 20) }
    }

    @Test func everyFrameComesToAnotherPackager() throws {
        for name in ["reconnects", "languages", "naps"] {
            var script = try #require(HandoverScript.all[name]?())
            script.steps = Array(script.steps.prefix(500))
            var pair = HandoverPair(script.configuration, seed: 77)
            try pair.run(script, every: 1)
            #expect(pair.difference == nil, "\(name)")
        }
    }

    @Test func everyScriptIsTried() {
        #expect(HandoverScript.all.count == 16)
    }
}
