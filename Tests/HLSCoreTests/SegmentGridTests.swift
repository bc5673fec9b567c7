import Formats
import Testing

@testable import HLSCore

/// A source with B-frames and its renditions without, on one line of time.
@Suite struct SegmentGridTests {
    /// The rendition's frames: the source's pictures in the order of their times, from a time on.
    private func rendition(of source: [SyntheticSource.Frame], from start: Int64 = 0) -> [SyntheticSource.Frame] {
        let video = source.filter { $0.timing.track == 0 }.sorted { $0.timing.pts < $1.timing.pts }
        var result: [SyntheticSource.Frame] = []
        for var frame in video.drop(while: { $0.timing.pts < start || !$0.timing.flags.contains(.key) }) {
            frame.timing.dts = frame.timing.pts
            // The synthetic source shows some pictures at one time.
            if result.last?.timing.pts == frame.timing.pts {
                if frame.timing.flags.contains(.key) { result[result.count - 1] = frame }
            } else {
                result.append(frame)
            }
        }
        return result
    }

    private func source(_ seconds: Double, start: Double = 0, gop: Int = 60) -> [SyntheticSource.Frame] {
        var source = SyntheticSource()
        (source.gop, source.bFrames, source.start, source.hasAudio) = (gop, 2, start, false)
        return source.frames(seconds: seconds)
    }

    private func packager(_ grid: SegmentGrid?) throws -> HLSPackager {
        var source = SyntheticSource()
        source.hasAudio = false
        var packager = HLSPackager()
        packager.configuration.windowSegments = 30
        packager.grid = grid
        try packager.tracks(source.tracks, discontinuity: false)
        packager.noteAsked()
        return packager
    }

    /// When each listed segment's first picture is shown, microseconds of the file's time, with its number.
    private func shown(_ packager: HLSPackager) -> [Int64: Int64] {
        let segments = packager.renditions[packager.leading].listed
        return Dictionary(uniqueKeysWithValues: segments.map { (packager.inputs[0].micros($0.start), $0.sequence) })
    }

    @Test(arguments: [0.0, 5_000, 7_000_000_000])
    func filesHaveTheSameTimes(_ start: Double) throws {
        let grid = SegmentGrid()
        let frames = source(12, start: start)
        var (source, rung) = (try packager(grid), try packager(grid))
        source.feed(frames)
        rung.feed(rendition(of: frames))
        #expect(shown(source) == shown(rung) && shown(source).count >= 5)
        #expect(shown(source).keys.min() == Int64(start * 1000) + 1_033_000)
    }

    @Test(arguments: [1_000, 3_000, 5_500, 9_990])
    func whoBeginsLaterCutsAtTheSamePicturesWithTheSameNumbers(_ begin: Int64) throws {
        // A key frame a second and segments of two: alone, one that begins at an odd second would cut between the others' cuts.
        let grid = SegmentGrid()
        let frames = source(24, start: 40_000, gop: 30)
        var (source, rung, alone) = (try packager(grid), try packager(grid), try packager(nil))
        source.feed(frames)
        rung.feed(rendition(of: frames, from: 40_000 + begin))
        alone.feed(rendition(of: frames, from: 40_000 + begin))
        let (first, second) = (shown(source), shown(rung))
        let common = Set(first.keys).intersection(second.keys)
        #expect(common.count >= 6)
        #expect(common.allSatisfy { first[$0] == second[$0] })
        #expect(Set(second.keys).subtracting(first.keys).count <= 1, "the first may begin within one of the source's")
        #expect(alone.renditions[0].segments.first?.sequence == 0)
        #expect(rung.targetDuration == source.targetDuration)
    }

    @Test func whoComesFirstDecides() throws {
        // The rendition is watched, the source is not; then somebody watches the source, whose older frames are held.
        let grid = SegmentGrid()
        let frames = source(24, gop: 30)
        var (source, rung) = (try packager(grid), try packager(grid))
        rung.feed(rendition(of: frames, from: 5_000))
        source.feed(frames.filter { $0.timing.pts >= 2_000 })
        #expect(shown(source) == shown(rung))
        #expect(source.droppedFrames > 80, "what is before the first cut of all is not used")
    }

    @Test func whatWasForgottenGoesOnWithTheOthersNumbers() throws {
        let grid = SegmentGrid()
        let frames = source(60)
        var (source, rung) = (try packager(grid), try packager(grid))
        let pictures = rendition(of: frames)
        source.feed(frames)
        rung.feed(pictures.filter { $0.timing.pts < 10_000 })
        rung.forget()
        #expect(rung.openSequence == 5)
        rung.feed(pictures.filter { $0.timing.pts >= 44_000 })
        let (first, second) = (shown(source), shown(rung))
        #expect(second.count >= 6 && second.allSatisfy { first[$0.key] == $0.value })
        #expect(
            rung.playlist("video.m3u8")?.discontinuitySequence ?? 0 == source.playlist("video.m3u8")?.discontinuitySequence ?? 0)
        #expect(rung.renditions[0].segments.allSatisfy { !$0.isDiscontinuous })
        #expect(rung.takeSkipped() == 17 && rung.takeSkipped() == 0)
    }

    @Test func afterAHoleTheCutsAreTheOthersAndNumbersGoOn() throws {
        let grid = SegmentGrid()
        let frames = source(24, gop: 30)
        var (source, rung) = (try packager(grid), try packager(grid))
        let pictures = rendition(of: frames)
        source.feed(frames)
        rung.feed(pictures.filter { $0.timing.pts < 7_300 })
        rung.discontinuity()
        rung.feed(pictures.drop { $0.timing.pts < 9_000 || !$0.timing.flags.contains(.key) } + [])
        let segments = rung.renditions[0].segments
        #expect(segments.map(\.sequence) == Array(0..<Int64(segments.count)))
        #expect(segments.count(where: \.isDiscontinuous) == 1)
        let cuts = Set(shown(source).keys)
        let hole = segments.firstIndex(where: \.isDiscontinuous) ?? 0
        #expect(segments[(hole + 1)...].allSatisfy { cuts.contains(rung.inputs[0].micros($0.start)) })
    }

    @Test func theHintedPartIsBehindTheDiscontinuity() throws {
        func tail(_ packager: inout HLSPackager) -> String {
            guard case .ready(let response) = packager.request("video.m3u8", nowMs: 0) else { return "" }
            return String(decoding: response.body, as: UTF8.self).split(separator: "\n").suffix(2).joined(separator: "\n")
        }
        let frames = source(20)
        var packager = try packager(nil)
        packager.feed(frames.filter { $0.timing.dts < 9_000 })
        #expect(tail(&packager).hasPrefix("#EXT-X-PART:"))
        packager.discontinuity()
        #expect(tail(&packager).hasPrefix("#EXT-X-DISCONTINUITY\n#EXT-X-PRELOAD-HINT:"))
        // Its segment has begun, and has no part yet.
        packager.feed(frames.filter { (10_000..<10_300).contains($0.timing.dts) })
        #expect(packager.renditions[0].open?.parts.isEmpty == true)
        #expect(tail(&packager).hasPrefix("#EXT-X-DISCONTINUITY\n#EXT-X-PRELOAD-HINT:"))
        packager.feed(frames.filter { (10_300..<15_000).contains($0.timing.dts) })
        let listed = packager.playlist("video.m3u8")
        #expect(listed?.segments.count(where: \.discontinuous) == 1 && listed?.problems == [])
        packager.flush()
        packager.streamEnded()
        #expect(tail(&packager).hasSuffix("#EXT-X-ENDLIST") && !tail(&packager).contains("DISCONTINUITY"))
    }

    @Test func anotherLineIsNotThisOne() throws {
        let grid = SegmentGrid()
        grid.passed(10_000_000, wallClockMs: 1_000_000, begins: true, sequence: 7, discontinuities: 2)
        #expect(grid.place(of: 10_003_000, wallClockMs: 1_000_000) == .inside(sequence: 7, discontinuities: 2))
        #expect(grid.place(of: 9_000_000, wallClockMs: 999_000) == .early)
        #expect(grid.place(of: 11_000_000, wallClockMs: 1_001_000) == .undecided)
        #expect(grid.ends(at: 10_000_000, wallClockMs: 1_000_000, wanted: false))
        #expect(!grid.ends(at: 10_500_000, wallClockMs: 1_000_500, wanted: false))
        #expect(grid.ends(at: 11_000_000, wallClockMs: 1_001_000, wanted: true))
        // The source was published anew: its time begins at 0, an hour later.
        #expect(grid.place(of: 0, wallClockMs: 4_600_000) == .undecided)
        #expect(grid.place(of: 10_000_000, wallClockMs: 1_000_000) == .undecided, "nothing is left of the line before")
    }

    @Test func rememberedKeyFramesAreBounded() {
        let grid = SegmentGrid()
        for number in 0..<Int64(10_000) {
            grid.passed(
                number * 40_000, wallClockMs: number * 40, begins: number % 2 == 0, sequence: number / 2, discontinuities: 0)
        }
        #expect(grid.place(of: 9_000 * 40_000, wallClockMs: 9_000 * 40) == .early)
        #expect(grid.place(of: 9_901 * 40_000, wallClockMs: 9_901 * 40) == .inside(sequence: 4_950, discontinuities: 0))
        #expect(!grid.ends(at: 9_901 * 40_000, wallClockMs: 9_901 * 40, wanted: true))
    }

    @Test func aReloadKeepsTheGrid() throws {
        let frames = source(24, gop: 30)
        var first = OnDemandPackager()
        first.grid = SegmentGrid()
        var description = SyntheticSource()
        description.hasAudio = false
        try first.tracks(description.tracks, discontinuity: false)
        _ = first.request("video.m3u8", nowMs: 0)
        for frame in frames.prefix(500) {
            frame.payload.withUnsafeBytes { first.frame(frame.timing, payload: $0, wallClockMs: frame.wallClockMs, held: nil) }
        }
        let blob = try first.exported()
        var second = OnDemandPackager()
        try blob.withUnsafeBytes { second = try OnDemandPackager(importing: $0) }
        let grid = SegmentGrid()
        second.grid = grid
        var rung = try packager(grid)
        rung.feed(rendition(of: frames, from: 9_000).filter { $0.timing.pts < 13_000 })
        let segments = rung.renditions[0].segments
        #expect(segments.first?.sequence == 4 && segments.dropFirst().first?.sequence == 5)
    }
}
