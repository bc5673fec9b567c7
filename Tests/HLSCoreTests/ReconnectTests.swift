import Formats
import Testing

@testable import HLSCore

/// Publishers that go and come back, and tracks that change, go missing or lag.
@Suite struct ReconnectTests {
    private func later(_ source: SyntheticSource, by start: Double) -> SyntheticSource {
        var result = source
        result.start = start
        return result
    }

    /// Two runs of ten seconds with one interruption of any length; checked after each frame.
    private func twoRuns(
        _ first: SyntheticSource, _ second: SyntheticSource, seconds: (Double, Double) = (10, 10), walker: inout Walker,
        names: [String] = ["video", "audio"], between: (inout HLSPackager) throws -> Void
    ) throws -> HLSPackager {
        var packager = HLSPackager()
        try packager.tracks(first.tracks, discontinuity: false)
        for frame in first.frames(seconds: seconds.0) {
            packager.feed(frame)
            walker.check(&packager, names)
        }
        try between(&packager)
        for frame in second.frames(seconds: seconds.1) {
            packager.feed(frame)
            walker.check(&packager, names)
        }
        return packager
    }

    @Test(arguments: [10.0, 10.3, 11.1, 11.999])
    func reconnectContinuesWithOneDiscontinuity(_ cut: Double) throws {
        var walker = Walker()
        let source = SyntheticSource(bFrames: 2)
        _ = try twoRuns(source, later(source, by: 15_000), seconds: (cut, 10), walker: &walker) {
            $0.flush()
            $0.flush()
            try $0.tracks(source.tracks, discontinuity: true)
        }
        for name in ["video", "audio"] {
            let known = try #require(walker.known[name])
            let marked = known.segments.values.filter(\.discontinuous)
            #expect(
                marked.count == 1
                    && marked.first?.sequence == known.segments.keys.sorted().first { known.discontinuities[$0] == 1 })
            #expect(Set(known.segments.values.map(\.map)).count == 1)
            #expect(known.segments.keys.sorted() == Array(0..<Int64(known.segments.count)))
        }
    }

    @Test func sourceTimeThatRestartsGoesOnInTheFiles() throws {
        var walker = Walker()
        let source = SyntheticSource()
        let packager = try twoRuns(source, source, walker: &walker) { try $0.tracks(source.tracks, discontinuity: true) }
        let segments = packager.renditions[0].segments
        #expect(zip(segments, segments.dropFirst()).allSatisfy { $0.start < $1.start })
    }

    /// Cut between a reference and the B-frames shown before it, at each place of the pattern: nothing of the second run is shown
    /// before the end of the first.
    @Test(arguments: 0..<6)
    func presentationNeverRunsBack(_ frames: Int) throws {
        var walker = Walker()
        let source = SyntheticSource(bFrames: 3)
        let cut = 10 + (Double(frames) + 0.5) / source.fps
        let packager = try twoRuns(source, source, seconds: (cut, 10), walker: &walker) {
            try $0.tracks(source.tracks, discontinuity: true)
        }
        let video = packager.renditions[0]
        let again = try #require(video.segments.firstIndex { $0.isDiscontinuous })
        let last = source.frames(seconds: cut).filter { $0.timing.track == 0 }.map { Double($0.timing.pts) / 1000 }.max() ?? 0
        let shown = Double(video.segments[again].start) / Double(video.timescale) + 1 / source.fps
        #expect(shown >= last + 1 + 0.9 / source.fps, "the second run is shown from \(shown), the first ended at \(last + 1)")
        #expect(shown < last + 1 + 4 / source.fps)
    }

    @Test func discontinuityLeavesTheWindow() throws {
        var walker = Walker()
        let source = SyntheticSource()
        let packager = try twoRuns(source, later(source, by: 12_000), seconds: (10, 40), walker: &walker) { $0.discontinuity() }
        #expect(packager.renditions.map(\.discontinuitySequence) == [1, 1])
        #expect(walker.known["video"]?.playlist?.segments.contains(where: \.discontinuous) == false)
    }

    @Test func newConfigurationGetsANewInitializationSegment() throws {
        var walker = Walker()
        let source = SyntheticSource()
        var changed = later(source, by: 10_000)
        changed.audioRate = 44_100
        let packager = try twoRuns(source, changed, walker: &walker) { try $0.tracks(changed.tracks, discontinuity: false) }
        #expect(packager.renditions[0].initializations.map(\.number) == [1])
        #expect(packager.renditions[1].initializations.map(\.number) == [1, 2])
        #expect(walker.known["audio"]?.playlist?.segments.filter(\.discontinuous).count == 1)
        #expect(walker.known["video"]?.playlist?.segments.filter(\.discontinuous).count == 1)
    }

    @Test func equalTracksChangeNothing() throws {
        var walker = Walker()
        let source = SyntheticSource()
        _ = try twoRuns(source, later(source, by: 10_000), walker: &walker) { try $0.tracks(source.tracks, discontinuity: false) }
        #expect(walker.known["video"]?.playlist?.segments.contains(where: \.discontinuous) == false)
    }

    @Test func whatDecodersNeedNotKnowInterruptsNothing() throws {
        var walker = Walker()
        let source = SyntheticSource()
        _ = try twoRuns(source, later(source, by: 10_000), walker: &walker) {
            var tracks = source.tracks
            tracks[0].bitrate = 3_000_000
            try $0.tracks(tracks, discontinuity: false)
        }
        #expect(walker.known["video"]?.playlist?.segments.contains(where: \.discontinuous) == false)
    }

    @Test func audioThatIsAddedInterruptsNothing() throws {
        var walker = Walker()
        let silent = SyntheticSource(hasAudio: false)
        let packager = try twoRuns(silent, later(SyntheticSource(), by: 10_000), walker: &walker) {
            try $0.tracks(SyntheticSource().tracks, discontinuity: false)
        }
        for name in ["video", "audio"] {
            #expect(walker.known[name]?.playlist?.segments.contains(where: \.discontinuous) == false)
        }
        #expect(walker.known["audio"]?.segments.keys.min() == 5 && packager.droppedFrames == 0)
    }

    @Test func aJumpOfTheWholeSourceIsADiscontinuity() throws {
        var walker = Walker()
        let source = SyntheticSource()
        _ = try twoRuns(source, later(source, by: 60_000), walker: &walker) { _ in }
        for name in ["video", "audio"] { #expect(walker.known[name]?.segments.values.filter(\.discontinuous).count == 1) }
    }

    @Test func flaggedFramesOfBothTracksAreOneDiscontinuity() throws {
        var walker = Walker()
        let source = SyntheticSource()
        var packager = HLSPackager()
        try packager.tracks(source.tracks, discontinuity: false)
        var flagged: Set<UInt32> = []
        for var frame in source.frames(seconds: 20) {
            if frame.timing.dts >= 10_000, flagged.insert(frame.timing.track).inserted {
                frame.timing.flags.insert(.discontinuity)
            }
            packager.feed(frame)
            walker.check(&packager)
        }
        for name in ["video", "audio"] { #expect(walker.known[name]?.segments.values.filter(\.discontinuous).count == 1) }
    }

    @Test func manyReconnectsOfAFewFrames() throws {
        var walker = Walker()
        var packager = HLSPackager()
        let source = SyntheticSource()
        try packager.tracks(source.tracks, discontinuity: false)
        for run in 0..<60 {
            for frame in later(source, by: Double(run) * 5_000).frames(seconds: Double(run % 7) * 0.4 + 0.05) {
                packager.feed(frame)
                walker.check(&packager)
            }
            try packager.tracks(source.tracks, discontinuity: true)
            walker.check(&packager)
        }
        #expect(packager.renditions[0].openSequence == packager.renditions[1].openSequence)
    }

    @Test func audioThatStopsIsSilence() throws {
        var walker = Walker()
        var packager = HLSPackager()
        let source = SyntheticSource()
        try packager.tracks(source.tracks, discontinuity: false)
        for frame in source.frames(seconds: 40) {
            if frame.timing.track == 1, (10_000..<20_000).contains(frame.timing.dts) { continue }
            packager.feed(frame)
            walker.check(&packager)
        }
        let audio = try #require(walker.known["audio"]?.playlist)
        #expect(audio.complete.count == 10 && !audio.segments.contains(where: \.discontinuous))
        #expect(packager.droppedFrames == 0)
    }

    @Test func audioWithoutSilenceIsAHole() throws {
        var walker = Walker()
        walker.allowsHoles = true
        walker.allowsStretchedParts = true
        walker.allowsDependentSegments = true
        var packager = HLSPackager()
        let source = SyntheticSource()
        var tracks = source.tracks
        tracks[1] = TrackDescription(
            id: 1, kind: .audio, codec: .mp3, sampleRate: 48_000, channels: 2)
        try packager.tracks(tracks, discontinuity: false)
        for frame in source.frames(seconds: 40) {
            if frame.timing.track == 1, (10_000..<20_000).contains(frame.timing.dts) { continue }
            packager.feed(frame)
            walker.check(&packager)
        }
        #expect(walker.known["audio"]?.playlist?.complete.count == 10)
    }

    @Test func videoThatStopsLetsAudioGoOn() throws {
        var walker = Walker()
        walker.allowsHoles = true
        walker.allowsStretchedParts = true
        walker.allowsDependentSegments = true
        var packager = HLSPackager()
        let source = SyntheticSource()
        try packager.tracks(source.tracks, discontinuity: false)
        for frame in source.frames(seconds: 40) {
            if frame.timing.track == 0, (10_500..<20_000).contains(frame.timing.dts) { continue }
            packager.feed(frame)
            walker.check(&packager)
        }
        #expect((walker.known["audio"]?.segments.count ?? 0) >= 18)
    }

    @Test func announcedTrackThatNeverComes() throws {
        var packager = HLSPackager()
        var walker = Walker()
        let source = SyntheticSource(hasAudio: false)
        try packager.tracks(SyntheticSource().tracks, discontinuity: false)
        for frame in source.frames(seconds: 10) {
            packager.feed(frame)
            walker.check(&packager)
        }
        guard case .ready(let index) = packager.request("index.m3u8", nowMs: 0) else { return #expect(Bool(false)) }
        let text = String(decoding: index.body, as: UTF8.self)
        #expect(!text.contains("AUDIO") && !text.contains("mp4a") && text.contains("avc1.64001E"))
    }

    @Test func audioThatComesLaterJoinsInStep() throws {
        var packager = HLSPackager()
        var walker = Walker()
        try packager.tracks(SyntheticSource().tracks, discontinuity: false)
        for frame in SyntheticSource().frames(seconds: 40) where frame.timing.track == 0 || frame.timing.dts > 9_000 {
            packager.feed(frame)
            walker.check(&packager)
        }
        let audio = try #require(walker.known["audio"])
        #expect(audio.segments.keys.min() == 4)
    }

    @Test func tracksThatGoAndComeBack() throws {
        var packager = HLSPackager()
        var walker = Walker()
        let both = SyntheticSource()
        let audioOnly = SyntheticSource(hasVideo: false, start: 10_000)
        let again = SyntheticSource(start: 20_000)
        for source in [both, audioOnly, again] {
            try packager.tracks(source.tracks, discontinuity: source.start > 0)
            for frame in source.frames(seconds: 10) {
                packager.feed(frame)
                walker.check(&packager, ["audio"])
            }
        }
        packager.flush()
        #expect(walker.known["audio"]?.segments.values.filter(\.discontinuous).count == 2)
        #expect(packager.renditions[0].openSequence == packager.renditions[1].openSequence)
    }
}
