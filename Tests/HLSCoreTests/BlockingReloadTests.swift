import Testing

@testable import HLSCore

/// The rules of blocking playlist reload and of preload hints, one by one (draft-pantos-hls-rfc8216bis §6.2.5.2, §6.2.6).
@Suite struct BlockingReloadTests {
    /// 30 fps, GOP 2 s, parts of 0.5 s; `seconds` of it fed.
    private func packager(_ seconds: Double) throws -> (HLSPackager, [SyntheticSource.Frame]) {
        var packager = HLSPackager()
        let source = SyntheticSource(hasAudio: false)
        try packager.tracks(source.tracks, discontinuity: false)
        let all = source.frames(seconds: 60)
        let fed = all.filter { Double($0.timing.dts) < seconds * 1000 }
        packager.feed(fed)
        return (packager, Array(all.dropFirst(fed.count)))
    }

    private func msn(_ value: String, _ part: String? = nil) -> [(String, String)] {
        [("_HLS_msn", value)] + (part.map { [("_HLS_part", $0)] } ?? [])
    }

    private func status(_ answer: HLSAnswer) -> Int {
        switch answer {
        case .ready: 200
        case .wait: 0
        case .refuse(let status, _, _): status
        }
    }

    /// At 21.2 s: segments 0 … 9 are complete, 10 has parts 0 and 1 (20.0 … 21.0).
    @Test(arguments: [
        ("current", "10", "1", 200), ("next part", "10", "2", 0), ("within the limit", "10", "7", 0), ("limit", "10", "8", 400),
        ("segment of parts only", "10", nil, 0), ("last segment", "9", nil, 200), ("next segment", "11", nil, 0),
        ("too far", "12", nil, 400),
        ("part of the next segment", "11", "0", 0), ("part far into the next", "11", "6", 400),
        ("last part of a finished segment", "9", "3", 200), ("beyond it: part 0 of the next", "9", "4", 200),
        ("far beyond it", "9", "4000", 200), ("past", "3", nil, 200), ("past part", "0", "99", 200), ("zero", "0", nil, 200),
        ("negative", "-1", nil, 400), ("text", "abc", nil, 400), ("empty", "", nil, 400), ("sign", "+5", nil, 400),
        ("hex", "0x1", nil, 400),
        ("fraction", "1.0", nil, 400), ("overflow", "99999999999999999999", nil, 400), ("huge", "9223372036854775807", nil, 400),
        ("bad part", "9", "x", 400), ("negative part", "9", "-1", 400), ("part overflow", "10", "99999999999999999999", 400),
        ("huge part", "10", "9223372036854775807", 400),
    ])
    func directives(_ name: String, _ sequence: String, _ part: String?, _ expected: Int) throws {
        var (packager, _) = try packager(21.2)
        #expect(status(packager.request("video.m3u8", query: msn(sequence, part), nowMs: 0)) == expected, "\(name)")
    }

    @Test func partWithoutSequence() throws {
        var (packager, _) = try packager(21.2)
        #expect(status(packager.request("video.m3u8", query: [("_HLS_part", "1")], nowMs: 0)) == 400)
        #expect(status(packager.request("video.m3u8", query: [("token", "x"), ("_HLS_unknown", "y")], nowMs: 0)) == 200)
    }

    @Test func heldSegmentIsNotAnsweredByItsParts() throws {
        var (packager, rest) = try packager(21.2)
        guard case .wait(let key, let deadline) = packager.request("video.m3u8", query: msn("10"), nowMs: 500) else {
            Issue.record("not held")
            return
        }
        #expect(deadline == 500 + 3 * 2000)
        for frame in rest {
            packager.feed(frame)
            let releases = packager.takeReleases()
            if frame.timing.dts < 22_000 {
                #expect(releases.isEmpty)
                continue
            }
            #expect(releases.map(\.key) == [key])
            guard case .ready(let response) = releases.first?.answer else { return #expect(Bool(false)) }
            let list = ParsedPlaylist(String(decoding: response.body, as: UTF8.self))
            #expect(list.complete.last?.sequence == 10 && response.cacheSeconds == 12)
            break
        }
        #expect(packager.takeReleases().isEmpty)
    }

    @Test func heldPartIsAnsweredWithItAtOnceForAll() throws {
        var (packager, rest) = try packager(21.2)
        let first = packager.request("video.m3u8", query: msn("10", "2"), nowMs: 0)
        let second = packager.request("video.m3u8", query: msn("10", "2"), nowMs: 7)
        guard case .wait(let key, _) = first, case .wait(let other, _) = second else { return #expect(Bool(false)) }
        #expect(key == other && key.utf8.count < 100)
        for frame in rest {
            packager.feed(frame)
            let releases = packager.takeReleases()
            guard let release = releases.first else { continue }
            #expect(releases.count == 1 && (21_467...21_500).contains(frame.timing.dts))
            guard case .ready(let response) = release.answer else { return #expect(Bool(false)) }
            #expect(ParsedPlaylist(String(decoding: response.body, as: UTF8.self)).segments.last?.parts.count == 3)
            return
        }
        Issue.record("never released")
    }

    @Test func indexBeyondTheLastPartRollsForward() throws {
        var (packager, rest) = try packager(21.2)
        // Segment 10 will have parts 0 … 3, so part 4 of it is part 0 of 11.
        guard case .wait(let key, _) = packager.request("video.m3u8", query: msn("10", "4"), nowMs: 0) else {
            return #expect(Bool(false))
        }
        for frame in rest {
            packager.feed(frame)
            guard let release = packager.takeReleases().first else { continue }
            #expect(release.key == key && (22_467...22_500).contains(frame.timing.dts))
            return
        }
        Issue.record("never released")
    }

    @Test func hintedPartIsHeldAndOthersAreUnknown() throws {
        var (packager, rest) = try packager(21.2)
        let hint = packager.playlist("video.m3u8")?.hint ?? ""
        #expect(hint == "video_p42.m4s")
        guard case .wait(let key, _) = packager.request(hint, nowMs: 0) else { return #expect(Bool(false)) }
        for name in [
            "video_p43.m4s", "video_p042.m4s", "video_p.m4s", "video_p-1.m4s", "video_s10.m4s", "video_s11.m4s", "x", "",
            "video_init2.mp4", "audio.m3u8",
        ] {
            #expect(status(packager.request(name, nowMs: 0)) == 404, "\(name)")
        }
        for frame in rest {
            packager.feed(frame)
            guard let release = packager.takeReleases().first else { continue }
            guard case .ready(let response) = release.answer, case .ready(let again) = packager.request(hint, nowMs: 0) else {
                return #expect(Bool(false))
            }
            #expect(release.key == key && response == again && response.contentType == "video/iso.segment")
            return
        }
        Issue.record("never released")
    }

    @Test func beforeThreeSegmentsPlaylistsAreHeld() throws {
        var packager = HLSPackager()
        #expect(status(packager.request("index.m3u8", nowMs: 0)) == 404)
        let source = SyntheticSource()
        try packager.tracks(source.tracks, discontinuity: false)
        #expect(status(packager.request("index.m3u8", nowMs: 0)) == 200)
        guard case .wait(let key, _) = packager.request("audio.m3u8", nowMs: 0) else { return #expect(Bool(false)) }
        var releases: [HLSRelease] = []
        for frame in source.frames(seconds: 8) {
            packager.feed(frame)
            let now = packager.takeReleases()
            #expect(now.isEmpty || packager.openSequence >= 3)
            releases += now
        }
        #expect(releases.map(\.key) == [key])
        #expect(packager.isPublished)
    }

    @Test func theEndAnswersAllAndIgnoresDirectives() throws {
        var (packager, _) = try packager(21.2)
        let hint = packager.playlist("video.m3u8")?.hint ?? ""
        var held: Set<String> = []
        for query in [msn("10"), msn("10", "2"), msn("11", "0")] {
            if case .wait(let key, _) = packager.request("video.m3u8", query: query, nowMs: 0) { held.insert(key) }
        }
        // The last frames make this part; the one after it never comes.
        if case .wait(let key, _) = packager.request(hint, nowMs: 0) { held.insert(key) }
        packager.streamEnded()
        let releases = packager.takeReleases()
        #expect(held.count == 4 && Set(releases.map(\.key)) == held)
        for release in releases { #expect(status(release.answer) == 200) }
        guard let list = packager.playlist("video.m3u8") else { return #expect(Bool(false)) }
        #expect(list.ended && list.hint == nil && list.complete.last?.sequence == 10)
        for query in [msn("99"), msn("10", "99"), msn("x"), [("_HLS_part", "1")]] {
            #expect(status(packager.request("video.m3u8", query: query, nowMs: 0)) == 200)
        }
        #expect(status(packager.request("video_p43.m4s", nowMs: 0)) == 404)
    }

    @Test func hintAbandonedByTheEndIsNotFound() throws {
        var (packager, rest) = try packager(21.2)
        packager.feed(rest.prefix { $0.timing.dts <= 22_000 })
        packager.flush()
        let hint = packager.playlist("video.m3u8")?.hint ?? ""
        guard case .wait = packager.request(hint, nowMs: 0) else { return #expect(Bool(false)) }
        packager.streamEnded()
        #expect(packager.takeReleases().map { status($0.answer) } == [404])
    }

    @Test func typesAndCacheTimes() throws {
        var (packager, _) = try packager(21.2)
        func response(_ name: String, _ query: [(String, String)] = []) -> HLSResponse? {
            if case .ready(let response) = packager.request(name, query: query, nowMs: 0) { return response }
            return nil
        }
        guard let plain = response("video.m3u8") else { return #expect(Bool(false)) }
        #expect(plain.contentType == "application/vnd.apple.mpegurl" && plain.cacheControl == "max-age=1" && plain.isCompressible)
        guard let blocking = response("video.m3u8", msn("9")) else { return #expect(Bool(false)) }
        #expect(blocking.cacheSeconds == 12 && blocking.body == plain.body)
        guard let segment = response("video_s9.m4s") else { return #expect(Bool(false)) }
        #expect(segment.contentType == "video/iso.segment" && segment.cacheSeconds >= 12 && !segment.isCompressible)
        guard let header = response("video_init1.mp4") else { return #expect(Bool(false)) }
        #expect(header.contentType == "video/mp4" && header.cacheSeconds > 3600)
        guard case .refuse(404, _, 2) = packager.request("video_s99.m4s", nowMs: 0),
            case .refuse(400, _, 8) = packager.request("video.m3u8", query: msn("-1"), nowMs: 0)
        else { return #expect(Bool(false)) }
    }
}
