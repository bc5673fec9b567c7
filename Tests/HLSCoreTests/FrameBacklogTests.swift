import Formats
import Synchronization
import Testing

@testable import HLSCore

/// What is remembered of a stream that nobody watches.
@Suite struct FrameBacklogTests {
    /// Counts frames that are held.
    final class Held: Sendable {
        let count = Mutex(0)

        func frame(_ size: Int) -> HeldFrame {
            count.withLock { $0 += 1 }
            return HeldFrame(bytes: UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: 64), count: size), owner: nil) {
                [self] _ in count.withLock { $0 -= 1 }
            }
        }

        var now: Int { count.withLock { $0 } }
    }

    /// A class: what `#expect` reads must be copyable.
    private final class Backlog {
        var value: FrameBacklog

        init(_ limits: FrameBacklog.Limits) { value = FrameBacklog(limits: limits) }

        func tracks(_ tracks: [TrackDescription]) throws { try value.tracks(tracks, discontinuity: false) }

        func append(_ frame: SyntheticSource.Frame, _ held: Held) {
            value.append(frame.timing, wallClockMs: frame.wallClockMs, held.frame(frame.payload.count))
        }

        func next() -> FrameBacklog.Event? {
            guard let entry = value.next() else { return nil }
            return entry.event
        }

        var carried: [TrackDescription] { value.carried }
        var base: [TrackDescription] { value.base }
        var byteCount: Int { value.byteCount }
        var count: Int { value.count }
        var isFull: Bool { value.isFull }
        var completeSegments: Int { value.completeSegments }
    }

    private func backlog(_ source: SyntheticSource, _ change: (inout FrameBacklog.Limits) -> Void = { _ in }) throws -> Backlog {
        var limits = FrameBacklog.Limits()
        change(&limits)
        let backlog = Backlog(limits)
        try backlog.tracks(source.tracks)
        return backlog
    }

    /// Of the frames kept: the leading track's first and last times, and how many there are in all.
    private func drained(_ backlog: Backlog) -> (first: FrameTiming?, last: FrameTiming?, count: Int) {
        var result: (first: FrameTiming?, last: FrameTiming?, count: Int) = (nil, nil, 0)
        while let event = backlog.next() {
            guard case .frame(let timing, _) = event else { continue }
            result.count += 1
            if timing.track == 0 || backlog.carried.count == 1 {
                result.first = result.first ?? timing
                result.last = timing
            }
        }
        return result
    }

    @Test(arguments: [
        (gop: 60, audio: true, video: true, span: 6.0...8.6), (gop: 15, audio: true, video: true, span: 6.0...8.6),
        (gop: 45, audio: true, video: true, span: 9.0...12.6), (gop: 300, audio: true, video: true, span: 30.0...40.6),
        (gop: 60, audio: true, video: false, span: 5.9...8.6), (gop: 1_800, audio: false, video: true, span: 33.0...120.6),
    ])
    func keepsWhatMakesThreeSegments(_ stream: (gop: Int, audio: Bool, video: Bool, span: ClosedRange<Double>)) throws {
        let held = Held()
        let source = SyntheticSource(gop: stream.gop, hasVideo: stream.video, hasAudio: stream.audio)
        for seconds in [241.0, 242.3, 243.9] {
            let backlog = try backlog(source)
            for frame in source.frames(seconds: seconds) {
                backlog.append(frame, held)
            }
            #expect(backlog.isFull && backlog.completeSegments >= 3 && backlog.completeSegments < 14)
            let kept = drained(backlog)
            let (first, last) = (try #require(kept.first), try #require(kept.last))
            let span = Double(last.dts - first.dts) / 1000
            #expect(stream.span.contains(span), "\(span) s of \(seconds)")
            #expect(first.flags.contains(.key) && held.now == 0 && backlog.byteCount == 0)
        }
    }

    @Test func bytesAreBoundedAndTheNewestStays() throws {
        let held = Held()
        let source = SyntheticSource(sizes: (400_000, 30_000))
        let backlog = try backlog(source) { $0.bytes = 4 << 20 }
        for frame in source.frames(seconds: 60) {
            backlog.append(frame, held)
            #expect(backlog.byteCount <= 4 << 20)
            if frame.timing.dts > 4_000 { #expect(backlog.completeSegments >= 0 && held.now > 0) }
        }
        let kept = drained(backlog)
        #expect(kept.first?.flags.contains(.key) == true && kept.last.map { $0.dts > 59_900 } == true)
    }

    @Test func oneGroupOfPicturesOverTheBoundGoes() throws {
        let held = Held()
        let source = SyntheticSource(gop: 600, sizes: (40_000, 30_000))
        let backlog = try backlog(source) { $0.bytes = 4 << 20 }
        var most = 0
        for frame in source.frames(seconds: 60) {
            backlog.append(frame, held)
            most = max(most, backlog.byteCount)
        }
        #expect(most <= 4 << 20 && most > 3 << 20)
        #expect(backlog.byteCount < 100_000, "sound of the last seconds at most: \(backlog.byteCount)")
        #expect(backlog.base == source.tracks)
        for frame in later(source, 60_000).frames(seconds: 1) {
            backlog.append(frame, held)
        }
        #expect(drained(backlog).first?.dts == 60_000)
    }

    @Test func framesAreBounded() throws {
        let held = Held()
        let source = SyntheticSource()
        let backlog = try backlog(source) { $0.frames = 300 }
        for frame in source.frames(seconds: 60) {
            backlog.append(frame, held)
            #expect(backlog.count <= 300 && held.now <= 300)
        }
        #expect(held.now > 100)
    }

    @Test func nothingButALittleSoundBeforeTheFirstKeyFrame() throws {
        let held = Held()
        let source = SyntheticSource()
        let backlog = try backlog(source)
        for frame in source.frames(seconds: 60) where frame.timing.track == 1 || !frame.timing.flags.contains(.key) {
            backlog.append(frame, held)
            #expect(held.now <= 96)
        }
        backlog.value.removeAll()
        #expect(held.now == 0 && backlog.count == 0)
    }

    @Test func tracksKeepTheirPlaceUntilTheyAreTheBase() throws {
        let held = Held()
        let source = SyntheticSource()
        var changed = later(source, 4_000)
        changed.audioRate = 44_100
        let backlog = try backlog(source)
        func feed(_ frames: [SyntheticSource.Frame], _ backlog: Backlog) {
            for frame in frames { backlog.append(frame, held) }
        }
        feed(source.frames(seconds: 4), backlog)
        try backlog.tracks(changed.tracks)
        feed(changed.frames(seconds: 4), backlog)
        #expect(backlog.base == source.tracks)
        #expect(throws: HLSError.noUsableTrack) { try backlog.tracks([]) }
        feed(later(changed, 8_000).frames(seconds: 8), backlog)
        #expect(backlog.base == changed.tracks)
        while let event = backlog.next() {
            guard case .frame = event else {
                Issue.record("something but frames")
                continue
            }
        }
    }

    @Test func anyTimesAndTracks() throws {
        var random = SystemRandomNumberGenerator()
        let held = Held()
        let backlog = try backlog(SyntheticSource())
        let times: [Int64] = [0, .max, .min, .min + 1, -1, 1 << 62, 1 << 43, 40, -(1 << 42), 1 << 40]
        for index in 0..<20_000 {
            let dts = times.randomElement(using: &random) ?? 0
            let flags = FrameFlags(rawValue: UInt32.random(in: 0..<64, using: &random))
            let timing = FrameTiming(
                track: UInt32(index % 3), pts: times.randomElement(using: &random) ?? 0, dts: dts, flags: flags)
            backlog.value.append(timing, wallClockMs: dts, held.frame(index % 7))
            if index % 97 == 0 { backlog.value.flush() }
            if index % 501 == 0 { try backlog.value.tracks(SyntheticSource().tracks, discontinuity: true) }
        }
        #expect(backlog.count <= 20_000 && backlog.byteCount >= 0 && held.now <= backlog.count)
        backlog.value.removeAll()
        #expect(held.now == 0)
    }

    private func later(_ source: SyntheticSource, _ start: Double) -> SyntheticSource {
        var result = source
        result.start = start
        return result
    }
}
