import Testing

@testable import LoadCore

@Suite struct PlaylistTests {
    static func low(first: Int, last parts: Int) -> [UInt8] {
        var text = """
            #EXTM3U
            #EXT-X-TARGETDURATION:2
            #EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,PART-HOLD-BACK=1.5
            #EXT-X-PART-INF:PART-TARGET=0.5
            #EXT-X-MEDIA-SEQUENCE:\(first)
            #EXT-X-MAP:URI="init,0.mp4"

            """
        for segment in first..<first + 3 {
            for part in 0..<4 { text += partTag(segment, part) }
            text += "#EXTINF:2.0,\ns\(segment).m4s\n"
        }
        for part in 0..<parts { text += partTag(first + 3, part) }
        return Array((text + "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"hint\"\n").utf8)
    }

    private static func partTag(_ segment: Int, _ part: Int) -> String {
        "#EXT-X-PART:DURATION=0.5,URI=\"s\(segment)p\(part)\"\(part == 0 ? ",INDEPENDENT=YES" : "")\n"
    }

    @Test func lowLatency() throws {
        let playlist = try MediaPlaylist(parsing: Self.low(first: 7, last: 2))
        #expect(playlist.isLowLatency && playlist.holdBack == 1.5 && playlist.first == 7)
        #expect(playlist.segments.map(\.uri) == ["s7.m4s", "s8.m4s", "s9.m4s", nil])
        #expect(playlist.segments.map(\.parts.count) == [4, 4, 4, 2])
        #expect(playlist.segments.map(\.map) == Array(repeating: "init,0.mp4", count: 4))
    }

    @Test func joinsAtAnIndependentPartAndFollows() throws {
        let playlist = try MediaPlaylist(parsing: Self.low(first: 7, last: 2))
        var position = try #require(PlaylistPosition(joining: playlist))
        #expect(position.segment == 9 && position.part == 0)
        #expect(position.advance(in: playlist).pieces.map(\.uri) == ["s9p0", "s9p1", "s9p2", "s9p3", "s10p0", "s10p1"])
        #expect(position.segment == 10 && position.part == 2)
        #expect(position.advance(in: playlist) == PlaylistPosition.Step(pieces: [], missed: 0))
        let next = try MediaPlaylist(parsing: Self.low(first: 8, last: 1))
        #expect(position.advance(in: next).pieces.map(\.uri) == ["s10p2", "s10p3", "s11p0"])
        let late = try MediaPlaylist(parsing: Self.low(first: 14, last: 1))
        #expect(position.advance(in: late).missed == 3)
    }

    @Test func plainPlaylistBeginsThreeSegmentsFromTheEnd() throws {
        var text = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-MEDIA-SEQUENCE:4\n"
        for i in 4..<10 { text += "#EXTINF:2.000,title\r\n\(i).m4s\r\n" }
        let playlist = try MediaPlaylist(parsing: Array((text + "#EXT-X-ENDLIST\n").utf8))
        var position = try #require(PlaylistPosition(joining: playlist))
        #expect(playlist.isEnded && !playlist.isLowLatency)
        #expect(position.advance(in: playlist).pieces.map(\.uri) == ["7.m4s", "8.m4s", "9.m4s"])
    }

    @Test func multivariant() throws {
        let text = """
            #EXTM3U
            #EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="x, y",URI="audio.m3u8",DEFAULT=YES
            #EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="avc1.640028,mp4a.40.2",AUDIO="a"
            video.m3u8
            #EXT-X-STREAM-INF:BANDWIDTH=2
            other.m3u8
            """
        let playlist = try MultivariantPlaylist(parsing: Array(text.utf8))
        #expect(playlist?.variant == "video.m3u8" && playlist?.audio == "audio.m3u8")
        #expect(try MultivariantPlaylist(parsing: Self.low(first: 0, last: 0)) == nil)
    }

    @Test func faults() {
        #expect(throws: WireFault.playlist("no EXTM3U")) { try MediaPlaylist(parsing: Array("<html>".utf8)) }
        #expect(throws: WireFault.playlist("no target duration")) { try MediaPlaylist(parsing: Array("#EXTM3U\n".utf8)) }
        var random = Seeded(state: 3)
        let good = Self.low(first: 7, last: 2)
        for _ in 0..<2000 {
            guard let playlist = try? MediaPlaylist(parsing: random.flipped(good)) else { continue }
            var position = PlaylistPosition(joining: playlist)
            _ = position?.advance(in: playlist)
        }
    }

    @Test(
        arguments: [
            ("a.m4s", "/live/s/a.m4s"), ("/x/a", "/x/a"), ("../b?c=1", "/live/b?c=1"), ("http://h:1/z", "/z"),
            ("http://other/z", nil), ("https://h:1/z", nil),
        ] as [(String, String?)])
    func uris(uri: String, path: String?) {
        #expect(ResourcePath.resolve(uri, in: "/live/s/index.m3u8?token=a/b", address: "h:1") == path)
    }
}
