import Formats
import Testing

@testable import HLSCore

/// Every stream shape, walked after every frame.
@Suite struct ConformanceTests {
    private func walk(
        _ source: SyntheticSource, seconds: Double = 40, _ names: [String] = ["video", "audio"],
        configuration: HLSConfiguration = .init(),
        prepare: (inout Walker) -> Void = { _ in }
    ) throws -> (HLSPackager, Walker) {
        var packager = HLSPackager(configuration: configuration)
        var walker = Walker()
        prepare(&walker)
        try packager.tracks(source.tracks, discontinuity: false)
        for frame in source.frames(seconds: seconds) {
            packager.feed(frame)
            walker.check(&packager, names)
        }
        packager.streamEnded()
        walker.check(&packager, names)
        for name in names { #expect(walker.known[name]?.playlist?.ended == true) }
        return (packager, walker)
    }

    @Test func steadyStream() throws {
        var (packager, walker) = try walk(SyntheticSource())
        let video = try #require(walker.known["video"]?.playlist)
        let audio = try #require(walker.known["audio"]?.playlist)
        #expect(video.targetDuration == 2 && video.complete.count == 10 && video.sequence == 10)
        #expect(video.complete.map(\.sequence) == audio.complete.map(\.sequence))
        #expect(video.complete.dropLast().allSatisfy { abs(($0.duration ?? 0) - 2) < 0.001 })
        // The times are milliseconds, the audio counts samples: 93 or 94 frames of 1024 in two seconds, and no drift.
        #expect(audio.complete.dropLast().allSatisfy { [93, 94].contains((($0.duration ?? 0) * 48000 / 1024).rounded()) })
        #expect(packager.droppedFrames == 0)
        #expect(packager.request("video_s0.m4s", nowMs: 0) != packager.notFound)
    }

    @Test(arguments: [23.976, 24, 25, 29.97, 50, 59.94, 60])
    func frameRates(_ fps: Double) throws {
        let source = SyntheticSource(fps: fps, gop: Int(fps.rounded()) * 2)
        let (packager, _) = try walk(source, seconds: 20)
        #expect(packager.targetDuration == 2)
    }

    @Test(arguments: [200, 333, 1000])
    func partTargets(_ milliseconds: Int) throws {
        var configuration = HLSConfiguration()
        configuration.partMs = milliseconds
        _ = try walk(SyntheticSource(), seconds: 20, configuration: configuration)
    }

    @Test func bFrames() throws {
        _ = try walk(SyntheticSource(bFrames: 2), seconds: 20)
    }

    @Test func negativeAndLargeTimes() throws {
        _ = try walk(SyntheticSource(bFrames: 2, start: -500), seconds: 10)
        _ = try walk(SyntheticSource(start: 4_294_960_000), seconds: 20)
    }

    @Test func variableFrameRate() throws {
        var seed: UInt64 = 7
        var lengths: [Double] = []
        for _ in 0..<2000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1
            lengths.append(0.3 + Double(seed >> 40) / Double(1 << 24) * 6)
        }
        let source = SyntheticSource(gop: 20, stretch: { lengths[$0 % lengths.count] })
        _ = try walk(source, seconds: 60) {
            $0.allowsStretchedParts = true
            $0.allowsDependentSegments = true
        }
    }

    @Test func slideShow() throws {
        let source = SyntheticSource(fps: 0.8, gop: 1)
        let (packager, walker) = try walk(source, seconds: 60) {
            $0.allowsStretchedParts = true
            $0.allowsDependentSegments = true
        }
        #expect(packager.droppedFrames == 0)
        #expect((walker.known["video"]?.playlist?.complete.count ?? 0) >= 10)
    }

    @Test func keyFramesFarApart() throws {
        // 8.3 s as OBS does by default: the first one sets the target duration.
        let (packager, walker) = try walk(SyntheticSource(gop: 250), seconds: 60)
        #expect(packager.targetDuration == 8)
        #expect(walker.known["video"]?.playlist?.complete.count == 8)
    }

    @Test func laterKeyFramesFartherApartNeverRaiseTheTarget() throws {
        var packager = HLSPackager()
        var walker = Walker()
        walker.allowsDependentSegments = true
        let source = SyntheticSource(gop: 60)
        try packager.tracks(source.tracks, discontinuity: false)
        var frames = source.frames(seconds: 10)
        var later = SyntheticSource(gop: 300)
        later.start = 10_000
        frames += later.frames(seconds: 40)
        for frame in frames {
            packager.feed(frame)
            walker.check(&packager)
        }
        #expect(packager.targetDuration == 2)
        guard case .ready(let index) = packager.request("index.m3u8", nowMs: 0) else { return #expect(Bool(false)) }
        #expect(!String(decoding: index.body, as: UTF8.self).contains("INDEPENDENT-SEGMENTS"))
    }

    @Test func noKeyFrameEver() throws {
        let (packager, _) = try walk(SyntheticSource(gop: 100_000), seconds: 45) { $0.allowsDependentSegments = true }
        #expect(packager.targetDuration == 10)
    }

    @Test func irregularKeyFrames() throws {
        // Scene cuts: GOPs of 0.4 … 2 s.
        var frames = SyntheticSource(gop: 1_000_000).frames(seconds: 60)
        var next: Int64 = 0
        var seed: UInt64 = 3
        for index in frames.indices where frames[index].timing.track == 0 && frames[index].timing.dts >= next {
            frames[index].timing.flags = .key
            seed = seed &* 6_364_136_223_846_793_005 &+ 1
            next = frames[index].timing.dts + 400 + Int64(seed >> 33) % 1600
        }
        var packager = HLSPackager()
        var walker = Walker()
        try packager.tracks(SyntheticSource().tracks, discontinuity: false)
        for frame in frames {
            packager.feed(frame)
            walker.check(&packager)
        }
        #expect((walker.known["video"]?.segments.count ?? 0) > 20)
    }

    @Test func audioOnly() throws {
        let (packager, walker) = try walk(SyntheticSource(hasVideo: false), ["audio"])
        #expect(packager.targetDuration == 2)
        #expect(walker.known["audio"]?.playlist?.allParts.allSatisfy(\.independent) == true)
    }

    @Test func videoOnly() throws {
        _ = try walk(SyntheticSource(hasAudio: false), ["video"])
    }

    @Test func audioWith44100() throws {
        let (packager, _) = try walk(SyntheticSource(audioRate: 44_100), seconds: 60)
        #expect(packager.droppedFrames == 0)
    }

    @Test func muxed() throws {
        var configuration = HLSConfiguration()
        configuration.muxed = true
        let (packager, walker) = try walk(SyntheticSource(bFrames: 2), ["main"], configuration: configuration)
        #expect(packager.renditions.count == 1 && packager.renditions[0].tracks.count == 2)
        #expect(walker.known["main"]?.reached.count == 2)
    }

    @Test func audioArrivesLate() throws {
        // Audio 700 ms behind video in order of arrival.
        var packager = HLSPackager()
        var walker = Walker()
        let source = SyntheticSource()
        try packager.tracks(source.tracks, discontinuity: false)
        let frames = source.frames(seconds: 30).enumerated().sorted {
            let a = $0.element.timing, b = $1.element.timing
            return (a.dts + (a.track == 1 ? 700 : 0), $0.offset) < (b.dts + (b.track == 1 ? 700 : 0), $1.offset)
        }
        for (_, frame) in frames {
            packager.feed(frame)
            walker.check(&packager)
        }
        #expect(packager.droppedFrames == 0)
    }

    @Test func audioIsAhead() throws {
        var packager = HLSPackager()
        var walker = Walker()
        let source = SyntheticSource()
        try packager.tracks(source.tracks, discontinuity: false)
        let frames = source.frames(seconds: 30).sorted {
            $0.timing.dts + ($0.timing.track == 0 ? 900 : 0) < $1.timing.dts + ($1.timing.track == 0 ? 900 : 0)
        }
        for frame in frames {
            packager.feed(frame)
            walker.check(&packager)
        }
        #expect(packager.droppedFrames == 0)
    }
}
