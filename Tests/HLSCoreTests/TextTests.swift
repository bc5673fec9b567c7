import Formats
import Testing

@testable import HLSCore

@Suite struct TextTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (951_782_399_999, "2000-02-28T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"),
        (1_790_000_000_123, "2026-09-21T14:13:20.123Z"), (4_107_542_400_000, "2100-03-01T00:00:00.000Z"),
        (-5, "1970-01-01T00:00:00.000Z"),
        (Int64.max, "9999-12-31T23:59:59.999Z"),
    ])
    func dates(_ milliseconds: Int64, _ text: String) {
        #expect(PlaylistWriter.string { ProgramDateTime.append(milliseconds, to: &$0) } == text)
    }

    @Test(arguments: [
        (Int64(45_000), Int64(90_000), "0.50000"), (1024, 48_000, "0.02133"), (0, 1, "0.00000"), (180_001, 90_000, "2.00001"),
        (-5, 1, "0.00000"),
    ])
    func seconds(_ ticks: Int64, _ timescale: Int64, _ text: String) {
        #expect(PlaylistWriter.string { $0.seconds(ticks, timescale: timescale) } == text)
    }

    @Test(arguments: [
        (UInt64(0), 1, "0"), (0, 3, "000"), (7, 2, "07"), (10, 1, "10"), (999, 2, "999"), (.max, 1, "18446744073709551615"),
        (9_999_999_999_999_999_999, 20, "09999999999999999999"),
    ])
    func numbers(_ value: UInt64, _ digits: Int, _ text: String) {
        #expect(PlaylistWriter.string { $0.number(value, digits: digits) } == text)
        #expect(PlaylistWriter.string { $0.number(-5) } == "-5")
        #expect(PlaylistWriter.string { $0.number(Int64.min) } == "-9223372036854775808")
    }

    @Test(arguments: ["", "t1"])
    func names(_ tag: String) {
        let names = ResourceNames(tag: tag)
        for rendition in ["video", "audio", "audio2"] {
            #expect(names.resource(names.playlist(rendition), of: rendition) == .playlist)
            #expect(names.resource(names.initialization(rendition, 3), of: rendition) == .initialization(3))
            #expect(names.resource(names.segment(rendition, 12), of: rendition) == .segment(12))
            #expect(names.resource(names.part(rendition, 570), of: rendition) == .part(570))
            for other in ["video", "audio", "audio2"] where other != rendition {
                #expect(names.resource(names.part(rendition, 1), of: other) == nil)
            }
        }
        for bad in [
            "video_s.m4s", "video_s01.m4s", "video_s1.mp4", "video_s99999999999999999999.m4s", "video_s-1.m4s", "video",
            "video_p1", ".m3u8",
        ] {
            #expect(names.resource(bad, of: "video") == nil)
        }
    }

    @Test func multivariantOfAGroup() throws {
        var variants: [HLSVariant] = []
        for (name, height) in [("720p", 720), ("360p", 360)] {
            var packager = HLSPackager()
            var source = SyntheticSource()
            source.sizes = height == 720 ? (9000, 900) : (3000, 300)
            try packager.tracks(source.tracks, discontinuity: false)
            packager.feed(source.frames(seconds: 10))
            variants.append(packager.variant(uriPrefix: "../match_\(name)/~tok/"))
        }
        let lines = MultivariantPlaylist.text(variants: variants).split(separator: "\n").map(String.init)
        #expect(lines[0] == "#EXTM3U" && lines[2] == "#EXT-X-INDEPENDENT-SEGMENTS" && lines.count == 9)
        #expect(
            lines[3]
                == "#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"audio\",NAME=\"Audio\",LANGUAGE=\"und\",DEFAULT=YES,AUTOSELECT=YES,CHANNELS=\"2\","
                + "URI=\"../match_720p/~tok/audio.m3u8\"")
        #expect(lines[6] == "../match_720p/~tok/video.m3u8" && lines[8] == "../match_360p/~tok/video.m3u8")
        #expect(lines[7].hasSuffix(",CODECS=\"avc1.64001E,mp4a.40.2\",RESOLUTION=640x360,FRAME-RATE=30.000,AUDIO=\"audio2\""))
        let bandwidth = variants.map(\.bandwidth)
        #expect(
            bandwidth[0] > bandwidth[1]
                && variants.allSatisfy { $0.averageBandwidth <= $0.bandwidth && $0.averageBandwidth > 100_000 })
    }

    /// Source, rungs and another encoder's stream: average kbit/s, pixels, which sound, of which source.
    private func variants(_ list: [(kbps: Int64, height: UInt32, sound: TrackDescription, source: String)]) throws -> [HLSVariant]
    {
        try list.enumerated().map { index, said in
            var packager = HLSPackager()
            var video = SyntheticSource().tracks
            video[1] = said.sound
            try packager.tracks(video, discontinuity: false)
            var variant = packager.variant(uriPrefix: "../s\(index)/")
            variant.source = said.source
            (variant.bandwidth, variant.averageBandwidth, variant.height) = (said.kbps * 1250, said.kbps * 1000, said.height)
            return variant
        }
    }

    @Test func aLadderHasOneSoundAndBeginsInTheMiddle() throws {
        let aac = SyntheticSource.aac(rate: 48_000)
        var louder = aac
        (louder.id, louder.bitrate) = (5, 256_000)
        let other = SyntheticSource.aac(rate: 44_100)
        let text = MultivariantPlaylist.text(
            variants: try variants([
                (6_000, 1080, aac, "cam"), (3_100, 720, louder, "cam"), (2_100, 540, aac, "cam"), (860, 360, other, "cam"),
                (400, 234, aac, "else"),
            ]))
        let lines = text.split(separator: "\n").map(String.init)
        #expect(lines.filter { $0.hasPrefix("#EXT-X-MEDIA:") }.count == 3)
        #expect(lines[3].contains("GROUP-ID=\"audio\"") && lines[3].hasSuffix("URI=\"../s0/audio.m3u8\""))
        #expect(lines[4].contains("GROUP-ID=\"audio2\"") && lines[4].hasSuffix("URI=\"../s3/audio.m3u8\""))
        let order: [String] = lines.indices.filter { lines[$0].hasPrefix("#EXT-X-STREAM-INF:") }.map { index in
            let group: Substring = lines[index].split(separator: "AUDIO=").last ?? ""
            return "\(lines[index + 1].prefix(5)) \(group)"
        }
        #expect(order == ["../s2 \"audio\"", "../s0 \"audio\"", "../s1 \"audio\"", "../s3 \"audio2\"", "../s4 \"audio3\""])
        #expect(!text.contains("VIDEO-RANGE"))
    }

    @Test(
        arguments: [([8_000, 5_000, 3_000], 2), ([800, 400], 0), ([300, 2_400, 2_600], 1), ([9_000], 0)] as [([Int64], Int)])
    func theFirstVariant(_ rates: [Int64], _ first: Int) throws {
        let aac = SyntheticSource.aac(rate: 48_000)
        var list = try variants(rates.map { ($0, 100, aac, "") })
        list[0].videoRange = "PQ"
        let text = MultivariantPlaylist.text(variants: list)
        let uris = text.split(separator: "\n").filter { $0.hasSuffix("video.m3u8") && !$0.hasPrefix("#") }
        #expect(uris.first.map(String.init) == "../s\(first)/video.m3u8" && uris.count == rates.count)
        #expect(text.split(separator: "VIDEO-RANGE=").count == rates.count + 1, "all have it, or none")
    }

    @Test func childPrefixGoesBeforeEveryAddress() throws {
        var packager = HLSPackager()
        try packager.tracks(SyntheticSource().tracks, discontinuity: false)
        packager.feed(SyntheticSource().frames(seconds: 5))
        guard case .ready(let response) = packager.request("index.m3u8", childPrefix: "~abc/", nowMs: 0) else {
            return #expect(Bool(false))
        }
        let text = String(decoding: response.body, as: UTF8.self)
        #expect(text.contains("\n~abc/video.m3u8\n") && text.contains("URI=\"~abc/audio.m3u8\""))
    }
}
