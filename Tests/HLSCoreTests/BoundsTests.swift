import Formats
import Testing

@testable import HLSCore

/// Whatever a source sends, memory and lists stay within bounds.
@Suite struct BoundsTests {
    @Test func configurationIsBroughtWithinBounds() {
        var wild = HLSConfiguration()
        wild.segmentMs = -5
        wild.partMs = 1_000_000
        wild.windowSegments = 0
        wild.keepSegments = .min
        wild.maximumBytes = .max
        wild.maximumSegmentMs = 0
        wild.maximumSkewMs = .max
        wild.tag = "a/../b\"\n-9é"
        let bounded = wild.bounded
        #expect(bounded.segmentMs == 1000 && bounded.partMs == 1000 && bounded.windowSegments == 6 && bounded.keepSegments == 1)
        #expect(bounded.idleSegments == 3)
        #expect(bounded.maximumBytes == 4 << 30 && bounded.maximumSegmentMs == 2000 && bounded.maximumSkewMs == 10_000)
        #expect(bounded.tag == "ab-9" && bounded.bounded == bounded && HLSConfiguration().bounded == HLSConfiguration())
    }

    @Test(arguments: [(video: true, first: true), (video: true, first: false), (video: false, first: true)])
    func audioTracksAreBounded(_ stream: (video: Bool, first: Bool)) throws {
        let audio = (1...12).map { id in
            var track = SyntheticSource.aac(rate: 48_000)
            track.id = UInt32(id)
            return track
        }
        let video = SyntheticSource(hasVideo: stream.video, hasAudio: false).tracks
        var packager = HLSPackager()
        try packager.tracks(stream.first ? video + audio : audio + video, discontinuity: false)
        let names = packager.renditions.map(\.name)
        #expect(names.count { $0.hasPrefix("audio") } == 8)
        #expect(names.contains("video") == stream.video)
    }

    @Test func bytesAreBounded() throws {
        var configuration = HLSConfiguration()
        configuration.maximumBytes = 4 << 20
        var packager = HLSPackager(configuration: configuration)
        let source = SyntheticSource(sizes: (400_000, 30_000))
        try packager.tracks(source.tracks, discontinuity: false)
        for frame in source.frames(seconds: 60) {
            packager.feed(frame)
            #expect(packager.byteCount <= 5 << 20)
        }
        #expect(packager.renditions[0].segments.count >= 2)
    }

    @Test func ratesOfAlmostNoTimeAreBounded() {
        var measure = BandwidthMeasure()
        measure.frames = 1e18
        measure.add(bytes: 4 << 30, ticks: 1, timescale: Int64(UInt32.max))
        #expect(measure.peak == 1 << 60 && measure.average == 1 << 60 && measure.frameRateMilli == 1 << 60)
        measure = BandwidthMeasure()
        measure.add(bytes: 1_000, ticks: 1_000, timescale: 1_000)
        #expect(measure.peak == 8_000 && measure.average == 8_000)
    }

    @Test func timesThatHardlyMove() throws {
        var packager = HLSPackager()
        let track = TrackDescription(
            id: 0, kind: .video, codec: .avc1, timescale: 1_000_000, configuration: SyntheticSource.avcC)
        try packager.tracks([track], discontinuity: false)
        for index in 0..<40_000 {
            [UInt8(1)].withUnsafeBytes {
                packager.frame(
                    FrameTiming(track: 0, pts: Int64(index), dts: Int64(index), flags: .key), payload: $0, wallClockMs: 0)
            }
        }
        packager.streamEnded()
        #expect(packager.renditions[0].segments.first?.parts.count == 10)
    }

    @Test func timesThatMakeNoSense() throws {
        var packager = HLSPackager()
        try packager.tracks(SyntheticSource().tracks, discontinuity: false)
        let times: [Int64] = [
            0, .max, .min, .min + 1, 5, 5, 4, -1, 1 << 60, 1 << 43, (1 << 43) - 1, 40, -(1 << 42), 100, 1 << 40,
        ]
        for (index, dts) in times.enumerated() {
            for pts in times + [dts] {
                [UInt8(1), 2].withUnsafeBytes {
                    packager.frame(
                        FrameTiming(track: UInt32(index & 1), pts: pts, dts: dts, flags: .key), payload: $0, wallClockMs: pts)
                }
            }
        }
        packager.streamEnded()
        #expect(packager.droppedFrames > 0)
        #expect(packager.renditions[0].openSequence == packager.renditions[1].openSequence)
    }

    @Test func unusableTracks() {
        var packager = HLSPackager()
        let data = TrackDescription(id: 2, kind: .data, codec: FourCC("amf0"))
        let broken = TrackDescription(id: 0, kind: .video, codec: .avc1, configuration: [1, 2])
        #expect(throws: HLSError.noUsableTrack) { try packager.tracks([data], discontinuity: false) }
        #expect(throws: HLSError.self) { try packager.tracks([broken], discontinuity: false) }
        #expect(throws: Never.self) { try packager.tracks([broken, SyntheticSource.aac(rate: 48_000)], discontinuity: false) }
        #expect(packager.renditions.map(\.name) == ["audio"])
    }
}
