import Formats
import Foundation
import Testing

@testable import HLSCore

/// A blob is believed in nothing, and is not larger than it may be.
@Suite struct HandoverBlobTests {
    private static let files = ["video", "audio"]

    private func stream(_ seconds: Double, watched: Bool = true, sizes: (Int, Int) = (60, 20)) throws -> Stream {
        var source = HandoverScript.source()
        source.sizes = sizes
        let packager = Stream(HLSConfiguration())
        try packager.tracks(source.tracks, discontinuity: false)
        for var frame in source.frames(seconds: seconds) {
            frame.payload = Array(frame.payload.prefix(sizes.0 < 100 ? 4 : .max))
            packager.feed(frame)
            if watched, frame.timing.dts % 1_000 == 0 { _ = packager.request("video.m3u8") }
        }
        return packager
    }

    /// Young, hot, with a request held; and cold.
    private func small() throws -> [[UInt8]] {
        let hot = try stream(2.7)
        guard case .wait = hot.request("audio.m3u8", [("_HLS_msn", "1"), ("_HLS_part", "2")]) else {
            Issue.record("not held")
            return []
        }
        return [try hot.exported(), try stream(2.3, watched: false).exported(), try Stream(HLSConfiguration()).exported()]
    }

    @Test func nothingShorterOrLongerIsTaken() throws {
        for blob in try small() {
            #expect(blob.count < 20_000)
            for length in 0..<blob.count {
                #expect(throws: BlobError.self) { try Stream(importing: Array(blob[..<length])) }
            }
            #expect(throws: BlobError.trailing(1)) { try Stream(importing: blob + [0]) }
        }
    }

    /// What the release before wrote (fuzz seeds, behind 17 bytes of script): the stream goes on, and timed metadata begins with its settings.
    @Test(arguments: ["hot-apart-v2", "hot-muxed-v2", "cold-apart-v2", "ended-muxed-v2", "empty-v2"])
    func aBlobOfVersion2IsTaken(_ name: String) throws {
        let seeds = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fuzz/Corpus/HLSHandover")
        let blob = Array(try Data(contentsOf: seeds.appendingPathComponent(name)).dropFirst(17))
        #expect(blob.starts(with: [0x48, 0x4C, 0x53, 0x50, 0, 2]))
        let stream = try Stream(importing: blob)
        let again = try stream.exported()
        #expect(again.starts(with: [0x48, 0x4C, 0x53, 0x50, 0, 3]))
        #expect(try Stream(importing: again).exported() == again)
        guard name.hasPrefix("hot") else { return }
        let file = name.contains("muxed") ? "main.m3u8" : "video.m3u8"
        guard case .ready(let before) = stream.request(file) else {
            Issue.record("its playlist is gone")
            return
        }
        let listed = ParsedPlaylist(String(decoding: before.body, as: UTF8.self)).complete.compactMap(\.uri)
        #expect(listed.count >= 4)
        var source = SyntheticSource()
        (source.sizes, source.gop) = ((40, 8), 30)
        var configuration = HLSConfiguration()
        (configuration.segmentMs, configuration.partMs, configuration.tag) = (1_000, 500, "v2")
        (configuration.muxed, configuration.segmentID3) = (name.contains("muxed"), "{segment}")
        stream.configure(configuration)
        stream.feed(source.frames(seconds: 9).filter { $0.timing.dts >= 5_300 })
        guard case .ready(let after) = stream.request(file) else {
            Issue.record("no playlist")
            return
        }
        let longer = ParsedPlaylist(String(decoding: after.body, as: UTF8.self)).complete.compactMap(\.uri)
        #expect(longer.count > listed.count && longer.starts(with: listed))
        guard let last = longer.last, case .ready(let segment) = stream.request(last) else {
            Issue.record("no segment")
            return
        }
        #expect(Array(segment.body).dropFirst(4).starts(with: "emsg".utf8))
    }

    @Test func othersAndOtherVersionsAreRefused() throws {
        var blob = try Stream(HLSConfiguration()).exported()
        blob[5] = 1
        #expect(throws: BlobError.version(1, known: 3)) { try Stream(importing: blob) }
        blob[0] = 0x52
        #expect(throws: BlobError.magic(FourCC("RLSP"), expected: FourCC("HLSP"))) { try Stream(importing: blob) }
    }

    /// Whatever is flipped: it is refused, or it is a stream that goes on without a trap.
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func flippedBitsNeverTrap(_ seed: UInt64) throws {
        var random = seed &* 0x9E37_79B9_7F4A_7C15
        func below(_ limit: Int) -> Int {
            random ^= random << 13
            random ^= random >> 7
            random ^= random << 17
            return Int(random % UInt64(limit))
        }
        let later = HandoverScript.source(2_700).frames(seconds: 0.5) + HandoverScript.source(400_000).frames(seconds: 0.5)
        var taken = 0
        for original in try small() {
            // The first bytes are all structure, the last ones mostly media.
            for round in 0..<200 {
                var blob = original
                for _ in 0...below(3) { blob[round % 2 == 0 ? below(blob.count) : below(min(blob.count, 900))] ^= 1 << below(8) }
                guard let packager = try? Stream(importing: blob) else { continue }
                taken += 1
                let again = try packager.exported()
                #expect(try Stream(importing: again).exported() == again)
                if taken % 8 == 0 { goOn(packager, later) }
            }
        }
        #expect(taken > 50)
    }

    private func goOn(_ packager: Stream, _ frames: [SyntheticSource.Frame]) {
        for frame in frames {
            packager.feed(frame)
            if frame.timing.flags.contains(.key) { for name in Self.files { _ = packager.request("\(name).m3u8") } }
            _ = packager.takeReleases()
        }
        _ = packager.variant
        packager.streamEnded()
        _ = packager.takeReleases()
    }

    @Test func whatIsTooLargeGoesWithoutWhatNoPlaylistLists() throws {
        let packager = try stream(70, sizes: (3_000, 400))
        let whole = try packager.exported()
        let listed = try #require(packager.playlist("video.m3u8"))
        let limit = whole.count / 2
        let shorter = try packager.exported(limit: limit)
        #expect(shorter.count <= limit && shorter.count > limit - 100_000)
        let next = try Stream(importing: shorter)
        #expect(try next.exported() == shorter)
        for name in Self.files {
            #expect(next.request("\(name).m3u8") == packager.request("\(name).m3u8"))
        }
        for uri in listed.complete.compactMap(\.uri) + listed.allParts.map(\.uri) {
            #expect(next.request(uri) == packager.request(uri))
        }
        #expect(throws: HLSError.tooLarge(bytes: packager.listedBytes, limit: whole.count / 8)) {
            try packager.exported(limit: whole.count / 8)
        }
        #expect(try packager.exported() == whole)
    }

    // MARK: Other settings

    @Test func otherSettingsHoldFromTheNextSegmentOn() throws {
        let packager = try Stream(importing: try stream(31).exported())
        let before = try #require(packager.playlist("video.m3u8"))
        var configuration = HLSConfiguration()
        (configuration.segmentMs, configuration.windowSegments, configuration.idleSegments) = (1_000, 6, 6)
        (configuration.partMs, configuration.muxed, configuration.tag) = (200, true, "other")
        packager.configure(configuration)
        #expect(packager.request("video.m3u8") == packager.request("video.m3u8") && packager.playlist("video.m3u8") != nil)
        var source = HandoverScript.source(31_000)
        source.gop = 30
        packager.feed(source.frames(seconds: 12))
        let after = try #require(packager.playlist("video.m3u8"))
        #expect(after.problems.isEmpty && after.targetDuration == before.targetDuration && after.partTarget == before.partTarget)
        #expect(after.complete.count == 6 && after.complete.allSatisfy { abs(($0.duration ?? 0) - 1) < 0.1 })
        #expect(after.segments.allSatisfy { !$0.discontinuous } && packager.playlist("main.m3u8") == nil)
        #expect(after.complete.last?.uri?.contains("other") == false)
    }

    @Test func aStreamThatWasNeverPackagedTakesAllSettings() throws {
        let packager = try Stream(importing: try stream(31, watched: false).exported())
        var configuration = HLSConfiguration()
        (configuration.segmentMs, configuration.partMs, configuration.muxed) = (4_000, 250, true)
        packager.configure(configuration)
        #expect(packager.isCold && packager.variant.uri == "main.m3u8" && packager.variant.audio.isEmpty)
        var source = HandoverScript.source(31_000)
        source.sizes = (60, 20)
        packager.feed(source.frames(seconds: 9))
        let list = try #require(packager.playlist("main.m3u8"))
        #expect(list.problems.isEmpty && list.partTarget == 0.25 && list.targetDuration == 4)
        #expect(packager.playlist("video.m3u8") == nil)
    }

    @Test func longerSegmentsStayWithinTheTargetDuration() throws {
        let packager = try Stream(importing: try stream(31).exported())
        var configuration = HLSConfiguration()
        configuration.segmentMs = 6_000
        packager.configure(configuration)
        packager.feed(HandoverScript.source(31_000).frames(seconds: 20))
        let list = try #require(packager.playlist("video.m3u8"))
        #expect(list.problems.isEmpty && list.targetDuration == 2)
        #expect(list.complete.allSatisfy { ($0.duration ?? 0) < 2.5 })
    }
}
