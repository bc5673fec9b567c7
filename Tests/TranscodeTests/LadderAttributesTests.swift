import Formats
import Testing

@testable import TranscodeCore

@Suite struct LadderAttributesTests {
    static func settings(_ json: String) throws -> LadderSettings { try LadderSettings(json) }
    static func lines(_ rungs: [Rung]) -> [String] {
        rungs.map {
            "\($0.label) \($0.width)x\($0.height) \($0.maxrate / 1000) \($0.frameRateMilli / 1000) \($0.encoders.joined(separator: ","))"
        }
    }

    @Test func applesLaddersByName() throws {
        let full = LadderSettings.Source(width: 1920, height: 1080, rateMilli: 60_000)
        let h264 = try Self.settings(#"{"ladder":"apple-h264"}"#)
        #expect(h264.keyIntervalMilliseconds == 2000)
        #expect(
            Self.lines(try h264.rungs(of: full)) == [
                "1080p 1920x1080 8580 0 libx264", "1080p-6000 1920x1080 6600 0 libx264", "720p 1280x720 4950 0 libx264",
                "720p-3000 1280x720 3300 0 libx264", "540p 960x540 2200 0 libx264", "432p 768x432 1210 30 libx264",
                "432p-730 768x432 803 30 libx264", "360p 640x360 401 30 libx264", "234p 416x234 159 30 libx264",
            ])
        let small = try Self.settings(#"{"ladder":"apple-hevc","key_interval_ms":4000}"#)
        #expect(small.keyIntervalMilliseconds == 4000)
        #expect(
            try small.rungs(of: LadderSettings.Source(width: 720, height: 576, aspect: (16, 15))).map(\.label) == [
                "540p", "540p-900", "540p-600", "432p", "360p",
            ])
        #expect(try small.rungs(of: full).allSatisfy { $0.encoders == ["libx265"] })
        #expect(throws: LadderSettings.Refusal.self) {
            try Self.settings(#"{"ladder":"apple-h264","rungs":[{"height":720,"kbps":3000}]}"#)
        }
        #expect(try Self.settings("{}").rungs.map(\.label) == ["720p", "540p", "360p"])
    }

    /// Levels as Apple asks: High, none above 5.2, and one of at most 4.1.
    @Test(arguments: [30, 60])
    func applesLevels(_ rate: Int) throws {
        let source = LadderSettings.Source(width: 1920, height: 1080, rateMilli: UInt32(rate * 1000))
        let levels = try Self.settings(#"{"ladder":"apple-h264"}"#).rungs(of: source).map { rung in
            H264Level.lowest(
                width: Int(rung.width), height: Int(rung.height),
                rateMilli: min(rate * 1000, rung.frameRateMilli > 0 ? Int(rung.frameRateMilli) : .max), maxrate: rung.maxrate,
                buffer: rung.buffer, profile: rung.profile)?.number ?? 99
        }
        #expect(levels.allSatisfy { $0 <= 52 } && levels.contains { $0 <= 41 } && levels == levels.sorted(by: >), "\(levels)")
    }

    @Test func encodersByPreference() throws {
        let settings = try Self.settings(
            """
            {"encoders":["h264_nvenc","libx265","libx264"],"rungs":[{"height":720,"kbps":3000},{"height":540,"kbps":900,"codec":"hevc","fps":25},
            {"height":360,"kbps":500,"encoders":["libsvtav1","libaom-av1"]},{"height":240,"kbps":300,"codec":"av1"}]}
            """)
        #expect(
            Self.lines(try settings.rungs(width: 1280, height: 720)) == [
                "720p 1280x720 3300 0 h264_nvenc,libx264", "540p 960x540 990 25 libx265",
                "360p 640x360 550 0 libsvtav1,libaom-av1",
                "240p 428x240 330 0 libsvtav1,libaom-av1",
            ])
        #expect(throws: LadderSettings.Refusal(description: "rungs: the encoders of \"720p\" are not all for av1")) {
            try Self.settings(#"{"rungs":[{"height":720,"kbps":3000,"encoders":["libx264","libsvtav1"],"codec":"av1"}]}"#)
        }
    }

    static let profile = Ladder(
        renditions: [
            LadderRendition(name: "source", streamName: "0_abc_901", video: .passThrough, audio: .passThrough),
            LadderRendition(
                name: "hd", streamName: "0_abc_902",
                video: .encode(
                    LadderVideo(
                        codec: .avc1, profile: "main", bitrate: .fixed(1_500_000), isConstantBitrate: true, size: .height(720),
                        keyFrames: .every(50), prefersHardware: true)), audio: .passThrough),
            LadderRendition(
                name: "sd", streamName: "0_abc_903",
                video: .encode(
                    LadderVideo(codec: .avc1, bitrate: .source, size: .letterbox(width: 640, height: 480), skippedFrames: 1)),
                audio: .omitted),
            LadderRendition(
                name: "odd", streamName: "0_abc_904", video: .encode(LadderVideo(codec: .vp09, bitrate: .fixed(1))),
                audio: .omitted),
        ], deinterlaces: true, assumedFrameRateMilli: 25_000)

    @Test func theEntrysProfileIsTheLadder() throws {
        let settings = try Self.settings(#"{"profile":"from-entry"}"#)
        let (resolved, notes) = settings.resolved(["ladder.profile": Self.profile.text], stream: "0_abc_1")
        let source = LadderSettings.Source(width: 1920, height: 1080, rateMilli: 50_000, bitrate: 4_000_000)
        #expect(
            Self.lines(try resolved.rungs(of: source)) == [
                "902 1280x720 1500 0 h264_nvenc,h264_vaapi,h264_v4l2m2m,libx264", "903 640x480 4400 25 libx264",
            ])
        #expect(try resolved.rungs(of: source).map(\.profile) == ["main", ""])
        #expect(resolved.keyIntervalMilliseconds == 2000 && resolved.deinterlaces)
        #expect(notes == ["the rendition odd is left out: nothing here encodes vp09"])
    }

    @Test func withoutOneTheStepsOwnRungsAreMade() throws {
        let settings = try Self.settings(#"{"profile":"from-entry"}"#)
        #expect(settings.resolved([:], stream: "a").settings == settings)
        let (resolved, notes) = settings.resolved(["ladder.profile": "{"], stream: "a")
        #expect(resolved == settings && notes.count == 1 && notes[0].hasSuffix("; the step's own rungs are made"))
        let own = try Self.settings("{}")
        #expect(own.resolved(["ladder.profile": Self.profile.text], stream: "a").settings == own, "not asked for")
    }

    @Test func overlaysOfAttributesGoBeforeTheSteps() throws {
        let settings = try Self.settings(
            #"{"overlay":{"text":"own","png":"a.png","opacity":0.5,"size":0.2,"position":"bottom"}}"#)
        #expect(settings.overlay == Overlay(text: "own", png: "a.png", position: .bottom, opacity: 0.5, size: 0.2))
        let (resolved, notes) = settings.resolved(
            ["overlay.text": "live", "overlay.opacity": "2", "overlay.position": "left", "overlay.size": "x"], stream: "a")
        #expect(resolved.overlay == Overlay(text: "live", png: "a.png", position: .left, opacity: 1, size: 0.2) && notes.isEmpty)
        let bad = settings.resolved(["overlay.png": "../../etc/passwd", "overlay.position": "there"], stream: "a")
        #expect(bad.settings.overlay.png.isEmpty && bad.notes.count == 2 && bad.settings.overlay.position == .bottom)
        #expect(throws: LadderSettings.Refusal.self) { try Self.settings(#"{"overlay":{"png":"/etc/passwd"}}"#) }
    }
}
