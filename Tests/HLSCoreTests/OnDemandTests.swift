import Formats
import Testing

@testable import HLSCore

/// A stream is packaged for whoever asks, and what they get is what they had got had it been packaged all along.
@Suite struct OnDemandTests {
    private func cold(_ source: SyntheticSource, _ seconds: Double, _ change: (inout HLSConfiguration) -> Void = { _ in }) throws
        -> Stream
    {
        var configuration = HLSConfiguration()
        change(&configuration)
        let packager = Stream(configuration)
        try packager.tracks(source.tracks, discontinuity: false)
        packager.feed(source.frames(seconds: seconds))
        return packager
    }

    private func later(_ source: SyntheticSource, _ start: Double) -> SyntheticSource {
        var result = source
        result.start = start
        return result
    }

    /// All files that the playlists of both list are byte for byte the same, and so are the playlists.
    private func same(
        _ one: Stream, _ other: inout HLSPackager, _ names: [String] = ["video", "audio"],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for name in names {
            let text = body(one.request("\(name).m3u8", nowMs: 0))
            #expect(
                text != nil && text == body(other.request("\(name).m3u8", nowMs: 0)), "\(name)", sourceLocation: sourceLocation)
            let list = ParsedPlaylist(String(decoding: text ?? [], as: UTF8.self))
            for uri in list.complete.compactMap(\.uri) + list.allParts.map(\.uri) + list.segments.compactMap(\.map) {
                let bytes = body(one.request(uri, nowMs: 0))
                #expect(bytes != nil && bytes == body(other.request(uri, nowMs: 0)), "\(uri)", sourceLocation: sourceLocation)
            }
        }
    }

    private func body(_ answer: HLSAnswer) -> ArraySlice<UInt8>? {
        if case .ready(let response) = answer { response.body } else { nil }
    }

    private static let sources: [String: @Sendable () -> SyntheticSource] = [
        "plain": { SyntheticSource() }, "B-frames": { SyntheticSource(bFrames: 2) },
        "odd": { SyntheticSource(fps: 25, gop: 37, audioRate: 44_100) }, "long": { SyntheticSource(gop: 300) },
        "silent": { SyntheticSource(hasAudio: false) }, "blind": { SyntheticSource(hasVideo: false) },
    ]

    @Test(arguments: ["plain", "B-frames", "odd", "long", "silent", "blind"])
    func replayIsWhatLivePackagingWouldHaveBeen(_ name: String) throws {
        let source = try #require(OnDemandTests.sources[name]?())
        let frames = source.frames(seconds: 100)
        for seconds in [9.7, 31.2, 47.9, 60.05] {
            let cut = frames.firstIndex { Double($0.timing.dts) >= seconds * 1000 } ?? frames.count
            let packager = try cold(source, 0)
            packager.feed(Array(frames[..<cut]))
            #expect(packager.isCold)
            let first = packager.firstKept
            var live = HLSPackager()
            try live.tracks(source.tracks, discontinuity: false)
            _ = live.request("index.m3u8", nowMs: 0)
            live.feed(Array(frames[first..<cut]))
            let names = (source.hasVideo ? ["video"] : []) + (source.hasAudio ? ["audio"] : [])
            if seconds > 40 || source.gop < 300 { same(packager, &live, names) }
            #expect(packager.request("index.m3u8", nowMs: 0) == live.request("index.m3u8", nowMs: 0))
            for frame in frames[cut...].prefix(1500) {
                packager.feed(frame)
                live.feed(frame)
            }
            if seconds > 30 || source.gop < 300 { same(packager, &live, names) }
        }
    }

    @Test func theFirstViewerWaitsForNothing() throws {
        for seconds in stride(from: 9.0, to: 13.0, by: 0.1) {
            let packager = try cold(SyntheticSource(bFrames: 2), seconds)
            for name in ["video.m3u8", "audio.m3u8"] {
                let list = try #require(packager.playlist(name), "\(name) after \(seconds) s")
                #expect(list.complete.count >= 3 && list.problems.isEmpty && list.sequence == 0)
            }
        }
    }

    @Test func youngStreamsAreHeldUntilThreeSegmentsAreThere() throws {
        let frames = SyntheticSource().frames(seconds: 13)
        let packager = try cold(SyntheticSource(), 0)
        packager.feed(frames.filter { $0.timing.dts < 3_000 })
        guard case .wait(let key, _) = packager.request("video.m3u8", nowMs: 0) else {
            Issue.record("not held")
            return
        }
        var answered: Int64?
        for frame in frames where answered == nil && frame.timing.dts >= 3_000 {
            packager.feed(frame)
            if packager.takeReleases().contains(where: { $0.key == key }) { answered = frame.timing.dts }
        }
        #expect(answered.map { (6_000...6_100).contains($0) } == true, "\(answered ?? -1)")
    }

    /// Watched until `asked`, alone until `seconds`.
    private func alone(_ source: SyntheticSource, asked: Double, seconds: Double) throws -> (Stream, ParsedPlaylist) {
        let packager = try cold(source, 0)
        var seen: ParsedPlaylist?
        for frame in source.frames(seconds: seconds) {
            packager.feed(frame)
            if Double(frame.timing.dts) < asked * 1000, frame.timing.track == 0, frame.timing.flags.contains(.key) {
                seen = packager.playlist("video.m3u8") ?? seen
            }
            _ = packager.takeReleases()
        }
        return (packager, try #require(seen))
    }

    @Test(arguments: [83.0, 90, 95.5, 200])
    func whoComesBackGetsNewNumbersBehindADiscontinuity(_ seconds: Double) throws {
        let (packager, before) = try alone(SyntheticSource(bFrames: 2), asked: 20, seconds: seconds)
        #expect(packager.isCold && packager.byteCount < 3 << 20)
        for name in ["video.m3u8", "audio.m3u8"] {
            let after = try #require(packager.playlist(name), "\(name)")
            #expect(after.complete.count >= 3 && after.problems.isEmpty)
            #expect(after.segments.first?.discontinuous == true && after.segments.dropFirst().allSatisfy { !$0.discontinuous })
            #expect(after.sequence > (before.segments.last?.sequence ?? 0) + 30 && after.targetDuration == before.targetDuration)
            #expect(after.discontinuitySequence == 0)
            let old = Set(before.allParts.map(\.uri) + before.complete.compactMap(\.uri))
            #expect(old.isDisjoint(with: after.allParts.map(\.uri) + after.complete.compactMap(\.uri)))
        }
        for uri in before.complete.compactMap(\.uri) {
            guard case .refuse(404, _, _) = packager.request(uri) else {
                Issue.record("\(uri) is still there")
                continue
            }
        }
    }

    @Test func everyPlaylistOverManyNapsIsConsistent() throws {
        let source = SyntheticSource()
        let packager = try cold(source, 0)
        var names: Set<String> = []
        var sequence: Int64 = -1
        var naps = 0
        for frame in source.frames(seconds: 700) {
            packager.feed(frame)
            let time = frame.timing.dts % 110_000
            guard frame.timing.track == 0, frame.timing.flags.contains(.key), time < 20_000, frame.timing.dts > 8_000 else {
                continue
            }
            let wasCold = packager.isCold
            if wasCold { naps += 1 }
            let list = try #require(packager.playlist("video.m3u8"))
            #expect(list.problems.isEmpty && list.complete.count >= 3 && list.sequence >= sequence)
            if wasCold {
                #expect(names.isDisjoint(with: list.allParts.map(\.uri)))
                #expect(list.discontinuitySequence == Int64(max(0, naps - 2)))
            }
            names.formUnion(list.allParts.map(\.uri) + list.complete.compactMap(\.uri))
            sequence = list.sequence
        }
        #expect(naps == 7)
    }

    @Test func whoWaitsKeepsItAwakeAndSoDoesWhoAsksForMedia() throws {
        let source = SyntheticSource()
        let packager = try cold(source, 10)
        let first = try #require(packager.playlist("video.m3u8")?.complete.first?.uri)
        for frame in later(source, 10_000).frames(seconds: 200) {
            packager.feed(frame)
            if frame.timing.flags.contains(.key), frame.timing.track == 0, frame.timing.dts % 20_000 == 0 {
                _ = packager.request(first, nowMs: 0)
            }
            #expect(!packager.isCold)
        }
        #expect(packager.playlist("video.m3u8").map { $0.sequence > 80 } == true)
    }

    @Test func whoWaitsForATrackThatNeverComesDoesNotKeepItAwake() throws {
        let source = SyntheticSource()
        let packager = try cold(source, 0)
        let frames = source.frames(seconds: 320).filter { $0.timing.track == 0 }
        packager.feed(Array(frames[..<300]))
        guard case .wait = packager.request("audio.m3u8") else {
            Issue.record("not held")
            return
        }
        packager.feed(Array(frames[300...]))
        #expect(packager.isCold && packager.takeReleases().isEmpty)
        #expect(packager.playlist("video.m3u8").map { $0.complete.count >= 3 } == true)
    }

    @Test func whoComesWhileItGrowsColdSeesNoGap() throws {
        for seconds in stride(from: 70.0, to: 82.0, by: 1) {
            let (packager, before) = try alone(SyntheticSource(), asked: 20, seconds: seconds)
            guard !packager.isCold else { continue }
            let after = try #require(packager.playlist("video.m3u8"))
            #expect(after.segments.allSatisfy { !$0.discontinuous } && after.sequence > before.sequence)
            #expect(!packager.holdsFrames)
        }
    }

    // MARK: What happens while it is cold

    @Test func thePublisherGoesAndComesBack() throws {
        let source = SyntheticSource()
        let packager = try cold(source, 11)
        packager.flush()
        let next = later(source, 15_000)
        try packager.tracks(next.tracks, discontinuity: true)
        packager.feed(next.frames(seconds: 1.5))
        #expect(packager.isCold)
        var live = HLSPackager()
        try live.tracks(source.tracks, discontinuity: false)
        _ = live.request("index.m3u8", nowMs: 0)
        live.feed(Array(source.frames(seconds: 11)[packager.firstKept...]))
        live.flush()
        try live.tracks(next.tracks, discontinuity: true)
        live.feed(next.frames(seconds: 1.5))
        same(packager, &live)
        #expect(packager.playlist("video.m3u8")?.segments.count { $0.discontinuous } == 1)
    }

    @Test func whatWasDeliveredIsThereWhenThePublisherIsLost() throws {
        let packager = try cold(SyntheticSource(), 11)
        packager.flush()
        let list = try #require(packager.playlist("video.m3u8"))
        #expect(list.complete.count >= 4 && !list.ended)
        let length = list.complete.reduce(0) { $0 + ($1.duration ?? 0) }
        #expect(length > 6.9 && length < 11.1)
        packager.streamEnded()
        #expect(packager.playlist("video.m3u8")?.ended == true)
    }

    @Test func theStreamEndsWhileItIsColdOrWhileSomebodyWaits() throws {
        let packager = try cold(SyntheticSource(), 11)
        packager.streamEnded()
        #expect(packager.isCold && !packager.holdsFrames)
        #expect(packager.playlist("video.m3u8").map { $0.ended && $0.complete.count >= 4 } == true)
        packager.feed(later(SyntheticSource(), 12_000).frames(seconds: 5))
        #expect(packager.playlist("audio.m3u8")?.ended == true)
        let young = try cold(SyntheticSource(), 3)
        guard case .wait = young.request("video.m3u8", nowMs: 0) else {
            Issue.record("not held")
            return
        }
        young.streamEnded()
        #expect(young.takeReleases().count == 1)
        let (asleep, before) = try alone(SyntheticSource(), asked: 20, seconds: 100)
        asleep.streamEnded()
        let after = try #require(asleep.playlist("video.m3u8"))
        #expect(after.ended && after.sequence > before.sequence && after.complete.count >= 3)
    }

    @Test func theCodecChangesWhileItIsCold() throws {
        let source = SyntheticSource()
        for (before, asked) in [(11.0, 0.0), (100.0, 20.0)] {
            let packager = try cold(source, 0)
            for frame in source.frames(seconds: before) {
                packager.feed(frame)
                if Double(frame.timing.dts) < asked * 1000 { _ = packager.request("video.m3u8") }
                _ = packager.takeReleases()
            }
            var changed = later(source, before * 1000)
            changed.audioRate = 44_100
            try packager.tracks(changed.tracks, discontinuity: false)
            let hadMap = asked > 0
            packager.feed(changed.frames(seconds: 4.5))
            #expect(packager.isCold)
            var list = try #require(packager.playlist("audio.m3u8"))
            #expect(list.problems.isEmpty && Set(list.segments.compactMap(\.map)).count == 2)
            #expect(list.segments.count { $0.discontinuous } == (hadMap ? 2 : 1))
            let late = try cold(source, before)
            try late.tracks(changed.tracks, discontinuity: false)
            late.feed(changed.frames(seconds: 30))
            list = try #require(late.playlist("audio.m3u8"))
            #expect(Set(list.segments.compactMap(\.map)).count == 1 && list.segments.allSatisfy { !$0.discontinuous })
        }
    }

    @Test func tracksThatAreOfNoUseAreRefusedAtOnce() throws {
        let packager = try cold(SyntheticSource(), 10)
        #expect(throws: HLSError.noUsableTrack) { try packager.tracks([], discontinuity: false) }
        #expect(packager.playlist("video.m3u8") != nil)
    }

    // MARK: The variant

    @Test func aColdStreamIsShownAsItIs() throws {
        let source = SyntheticSource(sizes: (40_000, 9_000))
        let packager = try cold(source, 30)
        let asleep = packager.variant
        _ = packager.playlist("video.m3u8")
        let awake = packager.variant
        #expect(asleep.uri == awake.uri && asleep.audio == awake.audio && asleep.codecs == awake.codecs)
        #expect(abs(Double(asleep.averageBandwidth) / Double(awake.averageBandwidth) - 1) < 0.02)
        #expect(abs(Double(asleep.bandwidth) / Double(awake.bandwidth) - 1) < 0.1)
        #expect(abs(asleep.frameRateMilli - awake.frameRateMilli) < 600)
    }

    @Test func aTrackThatNeverCameIsNotShown() throws {
        let source = SyntheticSource()
        let packager = try cold(source, 0)
        #expect(packager.variant.audio.count == 1)
        packager.feed(source.frames(seconds: 10).filter { $0.timing.track == 0 })
        #expect(packager.variant.audio.isEmpty)
        let edition = packager.edition
        packager.feed(later(source, 10_000).frames(seconds: 5))
        #expect(packager.variant.audio.count == 1 && packager.edition != edition)
    }

    @Test func memoryOfAColdStreamIsThatOfItsFrames() throws {
        let packager = try cold(SyntheticSource(sizes: (80_000, 9_000)), 0)
        var most = 0
        for frame in SyntheticSource(sizes: (80_000, 9_000)).frames(seconds: 120) {
            packager.feed(frame)
            most = max(most, packager.byteCount)
        }
        #expect(packager.isCold && most < 9 * 350_000, "\(most)")
    }
}

/// A class: what `#expect` reads must be copyable.
final class Stream {
    private var packager: OnDemandPackager

    init(_ configuration: HLSConfiguration) { packager = OnDemandPackager(configuration: configuration) }

    init(importing blob: [UInt8]) throws {
        packager = OnDemandPackager()
        try blob.withUnsafeBytes { packager = try OnDemandPackager(importing: $0) }
    }

    var isCold: Bool { packager.isCold }
    var holdsFrames: Bool { packager.holdsFrames }
    var byteCount: Int { packager.byteCount }
    var firstKept: Int { packager.firstKept }
    var edition: OnDemandPackager.Edition { packager.edition }
    var variant: HLSVariant { packager.variant() }

    func tracks(_ tracks: [TrackDescription], discontinuity: Bool) throws {
        try packager.tracks(tracks, discontinuity: discontinuity)
    }

    func feed(_ frame: SyntheticSource.Frame) {
        frame.payload.withUnsafeBytes {
            let held = packager.holdsFrames ? HeldFrame(copying: $0) : nil
            packager.frame(frame.timing, payload: $0, wallClockMs: frame.wallClockMs, held: held)
        }
    }

    func feed(_ frames: [SyntheticSource.Frame]) {
        for frame in frames { feed(frame) }
    }

    func flush() { packager.flush() }
    func streamEnded() { packager.streamEnded() }
    func takeReleases() -> [HLSRelease] { packager.takeReleases() }
    func request(_ name: String, _ query: [(String, String)] = [], nowMs: Int64 = 0) -> HLSAnswer {
        packager.request(name, query: query, nowMs: nowMs)
    }
    func exported(limit: Int = OnDemandPackager.largestBlob) throws -> [UInt8] { try packager.exported(limit: limit) }
    var listedBytes: Int { packager.listedBytes }
    func limit(bytes: Int) { packager.limit(bytes: bytes) }
    func configure(_ configuration: HLSConfiguration) { packager.configure(configuration) }

    func playlist(_ name: String) -> ParsedPlaylist? {
        guard case .ready(let response) = request(name) else { return nil }
        return ParsedPlaylist(String(decoding: response.body, as: UTF8.self))
    }
}
