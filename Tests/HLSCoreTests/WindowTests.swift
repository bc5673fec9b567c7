import Formats
import Testing

@testable import HLSCore

/// Windows by time: a playlist grows to its window and slides; a DVR window is there for who comes late; bytes bound all of it.
@Suite struct WindowTests {
    private func stream(_ change: (inout HLSConfiguration) -> Void) throws -> Stream {
        var configuration = HLSConfiguration()
        change(&configuration)
        let stream = Stream(configuration)
        try stream.tracks(SyntheticSource().tracks, discontinuity: false)
        return stream
    }

    private func playlist(_ stream: Stream, _ name: String = "video.m3u8") -> ParsedPlaylist? {
        guard case .ready(let response) = stream.request(name, nowMs: 0) else { return nil }
        return ParsedPlaylist(String(decoding: response.body, as: UTF8.self))
    }

    private func seconds(_ playlist: ParsedPlaylist?) -> Double { playlist?.complete.reduce(0) { $0 + ($1.duration ?? 0) } ?? 0 }

    @Test func aDVRWindowGrowsWhileNobodyWatchesAndThenSlides() throws {
        let stream = try stream { $0.windowMs = 150_000 }
        let frames = SyntheticSource(sizes: (300, 20)).frames(seconds: 250)
        let half = try #require(frames.firstIndex { $0.timing.dts >= 100_000 })
        stream.feed(Array(frames[..<half]))
        #expect(!stream.isCold && !stream.holdsFrames)
        let early = playlist(stream)
        #expect(early?.sequence == 0 && early?.ended == false)
        #expect(abs(seconds(early) - 100) < 3)
        stream.feed(Array(frames[half...]))
        for name in ["video.m3u8", "audio.m3u8"] {
            let late = playlist(stream, name)
            #expect((150..<153).contains(seconds(late)), "\(seconds(late))")
            #expect((late?.sequence ?? 0) > 40 && late?.discontinuitySequence == 0 && late?.problems == [])
            guard let first = late?.complete.first?.uri, case .ready(let media) = stream.request(first, nowMs: 0) else {
                Issue.record("the oldest segment of \(name) is listed and not there")
                continue
            }
            #expect(!media.body.isEmpty)
        }
    }

    @Test func aLiveWindowIsThatLongOnceSomebodyWatches() throws {
        let stream = try stream { $0.windowMs = 60_000 }
        let frames = SyntheticSource(sizes: (300, 20)).frames(seconds: 140)
        let half = try #require(frames.firstIndex { $0.timing.dts >= 60_000 })
        stream.feed(Array(frames[..<half]))
        #expect(stream.isCold)
        #expect(seconds(playlist(stream)) < 12)
        stream.feed(Array(frames[half...]))
        #expect((60..<63).contains(seconds(playlist(stream))))
    }

    @Test func segmentsOfTwentySecondsInAWindowOfThreeTargets() throws {
        let stream = try stream { ($0.segmentMs, $0.windowMs) = (20_000, 1_000) }
        _ = stream.request("index.m3u8", nowMs: 0)
        stream.feed(SyntheticSource(sizes: (300, 20)).frames(seconds: 200))
        let list = playlist(stream)
        #expect(list?.targetDuration == 20 && list?.complete.count == 3)
        #expect(list?.complete.allSatisfy { abs(($0.duration ?? 0) - 20) < 0.1 } == true)
    }

    @Test func aReconnectGoesOnInTheSameWindow() throws {
        let stream = try stream { $0.windowMs = 300_000 }
        stream.feed(SyntheticSource(sizes: (300, 20)).frames(seconds: 100))
        stream.flush()
        try stream.tracks(SyntheticSource().tracks, discontinuity: true)
        stream.feed(SyntheticSource(start: 160_000, sizes: (300, 20)).frames(seconds: 100))
        let list = playlist(stream)
        #expect(list?.sequence == 0 && list?.complete.count { $0.discontinuous } == 1)
        #expect(abs(seconds(list) - 200) < 4)
    }

    @Test func bytesEndAWindowEarlyAndTheBoundMayChange() throws {
        let stream = try stream { ($0.windowMs, $0.maximumBytes) = (3_600_000, 8 << 20) }
        let frames = SyntheticSource(sizes: (60_000, 2_000)).frames(seconds: 160)
        let half = try #require(frames.firstIndex { $0.timing.dts >= 80_000 })
        for (index, frame) in frames.enumerated() {
            if index == half { stream.limit(bytes: 4 << 20) }
            stream.feed(frame)
            if index < half, index % 100 == 0 { #expect(stream.byteCount <= 9 << 20) }
        }
        #expect(stream.byteCount <= 5 << 20)
        #expect((playlist(stream)?.complete.count ?? 0) > 10)
    }

    @Test func aWindowLargerThanABlobStaysWhereItIs() throws {
        let stream = try stream { ($0.windowMs, $0.maximumBytes) = (600_000, 1 << 30) }
        stream.feed(SyntheticSource(sizes: (60_000, 2_000)).frames(seconds: 100))
        let held = stream.listedBytes
        #expect(throws: HLSError.tooLarge(bytes: held, limit: 1 << 20)) { _ = try stream.exported(limit: 1 << 20) }
        let blob = try stream.exported()
        let other = try Stream(importing: blob)
        #expect(playlist(other)?.complete.count == playlist(stream)?.complete.count && !other.isCold)
    }

    @Test func aWindowThatComesWhileOnAirIsObeyed() throws {
        let stream = try stream { _ in }
        stream.feed(SyntheticSource(sizes: (300, 20)).frames(seconds: 20))
        #expect(stream.isCold)
        var configuration = HLSConfiguration()
        (configuration.windowMs, configuration.segmentMs) = (130_000, 4_000)
        stream.configure(configuration)
        #expect(!stream.isCold)
        stream.feed(SyntheticSource(start: 20_000, sizes: (300, 20)).frames(seconds: 160))
        #expect((130..<135).contains(seconds(playlist(stream))))
    }
}
