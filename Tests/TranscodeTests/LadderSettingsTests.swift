import Testing

@testable import TranscodeCore

@Suite struct LadderSettingsTests {
    static let three = """
        {"rungs":[{"height":720,"kbps":3000},{"height":540,"kbps":2000},{"label":"small","height":361,"kbps":730}],
        "preset":"fast","latency":"zero","key_interval_ms":2000}
        """

    @Test func readsItsKeys() throws {
        let settings = try LadderSettings(Self.three)
        #expect(settings.rungs.map(\.label) == ["720p", "540p", "small"])
        #expect(settings.rungs.map(\.bitrate) == [3_000_000, 2_000_000, 730_000])
        #expect(settings.preset == "fast" && settings.zeroLatency && settings.keyIntervalMilliseconds == 2000)
    }

    /// Size of the source; label, width and height of each rung.
    @Test(arguments: [
        (1920, 1080, ["720p 1280x720", "540p 960x540", "small 642x362"]),
        (1280, 720, ["720p 1280x720", "540p 960x540", "small 642x362"]),
        (1279, 719, ["540p 962x540", "small 642x362"]),
        (608, 1080, ["720p 406x720", "540p 304x540", "small 204x362"]),
        (16, 1080, ["720p 16x720", "540p 16x540", "small 16x362"]),
        (8192, 4320, ["720p 1366x720", "540p 1024x540", "small 686x362"]),
    ])
    func rungsHaveTheShapeOfTheSource(_ width: Int, _ height: Int, _ wanted: [String]) throws {
        let rungs = try LadderSettings(Self.three).rungs(width: width, height: height)
        #expect(rungs.map { "\($0.label) \($0.width)x\($0.height)" } == wanted)
        #expect(rungs.allSatisfy { $0.width % 2 == 0 && $0.height % 2 == 0 })
    }

    @Test(arguments: [
        (0, 0, "pictures of 0 x 0 are not transcoded; from 16 x 16 to 8192 x 4320 are"),
        (8, 100, "pictures of 8 x 100 are not transcoded; from 16 x 16 to 8192 x 4320 are"),
        (8192, 8192, "pictures of 8192 x 8192 are not transcoded; from 16 x 16 to 8192 x 4320 are"),
        (16384, 16, "pictures of 16384 x 16 are not transcoded; from 16 x 16 to 8192 x 4320 are"),
        (640, 360, "each rung is larger than the source, which has 360 lines"),
    ])
    func refusesWithAReason(_ width: Int, _ height: Int, _ reason: String) throws {
        let settings = try LadderSettings(Self.three)
        #expect(throws: LadderSettings.Refusal(description: reason)) { try settings.rungs(width: width, height: height) }
    }

    @Test func twoRungsOfOneNameAreRefused() {
        let text = #"{"rungs":[{"height":720,"kbps":3000},{"height":720,"kbps":2000}]}"#
        #expect(throws: LadderSettings.Refusal(description: "rungs: two have the label \"720p\"")) { try LadderSettings(text) }
        #expect(throws: LadderSettings.Refusal.self) { try LadderSettings("{") }
    }
}
