import Testing

@testable import HostMedia

/// One clock per stream whatever its publishers do.
@Suite struct TimelineTests {
    private static let second: UInt64 = 1_000_000_000
    private let wall: Int64 = 1_700_000_000_000_000

    /// Maps frames that arrive when their milliseconds say, shifted by `arrival`.
    private func map(
        _ timeline: inout Timeline, _ ms: Int64, track: UInt32 = 0, arrival: UInt64, pts: Int64? = nil, timescale: UInt32 = 1000
    ) -> Timeline.Mapped {
        timeline.map(
            track: track, pts: pts ?? ms, dts: ms, timescale: timescale, arrival: arrival, wall: wall + Int64(arrival / 1000))
    }

    @Test func firstPublisherKeepsItsTimes() {
        var timeline = Timeline()
        let first = map(&timeline, 5000, arrival: Self.second, pts: 5040)
        #expect(first == Timeline.Mapped(pts: 5040, dts: 5000, discontinuity: false, wallMicroseconds: wall + 1_040_000))
        #expect(map(&timeline, 5033, arrival: Self.second + 33_000_000).dts == 5033)
        #expect(timeline.repairs == 0 && timeline.jumps == 0)
    }

    @Test func timesThatStandOrGoBackALittleAreMended() {
        var timeline = Timeline()
        let times = [0, 33, 33, 20, 60].map { map(&timeline, Int64($0), arrival: Self.second).dts }
        #expect(times == [0, 33, 34, 35, 60])
        #expect(timeline.repairs == 2 && timeline.jumps == 0)
    }

    @Test func reconnectGoesOnWithTheTimeThatPassed() {
        var timeline = Timeline()
        _ = map(&timeline, 90_000, arrival: 10 * Self.second)
        timeline.publisherChanged()
        let back = map(&timeline, 0, arrival: 13 * Self.second)
        #expect(back.dts == 93_000)
        #expect(back.discontinuity)
        #expect(back.wallMicroseconds == wall + 13_000_000)
        let next = map(&timeline, 40, arrival: 13 * Self.second + 40_000_000)
        #expect(next.dts == 93_040 && !next.discontinuity)
    }

    @Test func reconnectWithAnotherTimescaleStaysInStep() {
        var timeline = Timeline()
        _ = timeline.map(track: 0, pts: 900_000, dts: 900_000, timescale: 90_000, arrival: 10 * Self.second, wall: wall)
        timeline.publisherChanged()
        let back = map(&timeline, 0, arrival: 11 * Self.second)
        #expect(back.dts == 11_000)
        timeline.publisherChanged()
        let again = timeline.map(track: 0, pts: 0, dts: 0, timescale: 90_000, arrival: 12 * Self.second, wall: wall)
        #expect(again.dts == 12 * 90_000)
        #expect(timeline.jumps == 0)
    }

    @Test(arguments: [Int64(3_600_000), -3_600_000, -40_000])
    func aJumpOfTheSourceClockIsBridgedForAllTracks(by jump: Int64) {
        var timeline = Timeline()
        var last: [UInt32: Int64] = [:]
        for step in 0..<20 {
            let base: Int64 = 50_000_000 + Int64(step) * 20 + (step >= 10 ? jump : 0)
            for track in [UInt32(0), 1] {
                let mapped = map(&timeline, base, track: track, arrival: Self.second + UInt64(step) * 20_000_000)
                if let before = last[track] { #expect(mapped.dts > before && mapped.dts - before < 100) }
                last[track] = mapped.dts
            }
        }
        #expect(timeline.jumps == 1)
    }

    /// SPEC §11.1 and its test: what viewers, recordings and cue points rely on is the wall clock, which no jump of an encoder's moves.
    @Test(
        arguments: [
            ("an hour ahead", 1000, 3_600_000), ("an hour back", 1000, -3_600_000), ("a wrap of 32 bits", 1000, -(1 << 32)),
            ("a wrap of 33 bits", 90_000, -(1 << 33)),
        ] as [(String, UInt32, Int64)])
    func theWallClockGoesOnOverAJumpOfAllTracks(_ name: String, timescale: UInt32, jump: Int64) {
        var timeline = Timeline()
        var last: [UInt32: Int64] = [:]
        let begin = jump < 0 ? -jump - Int64(timescale) : 50_000 * Int64(timescale)
        for step in 0..<100 {
            let arrival = Self.second + UInt64(step) * 40_000_000
            let source = begin + Int64(step) * Int64(timescale) / 25 + (step >= 25 ? jump : 0)
            var walls: [Int64] = []
            for track in [UInt32(0), 1, 2] where track < 2 || step % 50 == 30 {
                let mapped = map(&timeline, source, track: track, arrival: arrival, timescale: timescale)
                if let before = last[track] { #expect(mapped.dts > before, "\(name), step \(step)") }
                last[track] = mapped.dts
                walls.append(mapped.wallMicroseconds)
                let drift = mapped.wallMicroseconds - (wall + Int64(arrival / 1000))
                #expect(abs(drift) <= 45_000, "\(name), step \(step), track \(track): \(drift) µs beside the clock")
            }
            #expect(Set(walls).count == 1, "\(name), step \(step): tracks are apart: \(walls)")
        }
        #expect(timeline.jumps == 1, "\(name)")
    }

    @Test func framesOfTheOldClockBehindTheJumpStillFit() {
        var timeline = Timeline()
        _ = map(&timeline, 1000, track: 0, arrival: Self.second)
        _ = map(&timeline, 1000, track: 1, arrival: Self.second)
        let video = map(&timeline, 5_000_000, track: 0, arrival: Self.second + 20_000_000)
        let audio = map(&timeline, 1020, track: 1, arrival: Self.second + 20_000_000)
        #expect(video.discontinuity && !audio.discontinuity)
        #expect(video.dts == 1001 && audio.dts == 1020)
        #expect(timeline.jumps == 1)
    }

    @Test func sparseTracksAreNoJumps() {
        var timeline = Timeline()
        _ = map(&timeline, 0, track: 2, arrival: Self.second)
        var jumped = false
        for step in 1...2000 {
            let arrival = Self.second + UInt64(step) * 40_000_000
            jumped = map(&timeline, Int64(step) * 40, track: 0, arrival: arrival).discontinuity || jumped
            // A caption every 30 s.
            if step % 750 == 0 {
                let caption = map(&timeline, Int64(step) * 40, track: 2, arrival: arrival)
                #expect(caption.dts == Int64(step) * 40)
                jumped = caption.discontinuity || jumped
            }
        }
        #expect(!jumped && timeline.jumps == 0 && timeline.repairs == 0)
    }

    @Test func longSilenceThatTheArrivalClockSawIsNoJump() {
        var timeline = Timeline()
        _ = map(&timeline, 0, arrival: Self.second)
        let late = map(&timeline, 60_000, arrival: 61 * Self.second)
        #expect(late.dts == 60_000 && !late.discontinuity)
    }

    @Test func compositionIsKeptAndBounded() {
        var timeline = Timeline()
        #expect(map(&timeline, 100, arrival: 1, pts: 180).pts == 180)
        #expect(map(&timeline, 140, arrival: 1, pts: 139).pts == 139)
        let absurd = map(&timeline, 180, arrival: 1, pts: 10_000_000)
        #expect(absurd.pts == 180 + 10_000)
    }

    @Test func oneUnknownTimeIsTheOther() {
        var timeline = Timeline()
        let first = timeline.map(track: 0, pts: 500, dts: .min, timescale: 1000, arrival: 1, wall: wall)
        #expect(first.pts == 500 && first.dts == 500)
        let second = timeline.map(track: 0, pts: .min, dts: 540, timescale: 1000, arrival: 1, wall: wall)
        #expect(second.pts == 540 && second.dts == 540)
    }

    /// Whatever comes, dts grows and nothing traps.
    @Test func hostileTimes() {
        var seed: UInt64 = 0x9E37_79B9
        func random() -> UInt64 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return seed ^ seed >> 29
        }
        let edges: [Int64] = [.min + 1, .max, 0, -1, 1, 1 << 53, .max / 4, .min / 4, 4_294_967_295]
        var timeline = Timeline()
        var last: [UInt32: Int64] = [:]
        for _ in 0..<20_000 {
            let track = UInt32(random() % 3)
            let wild = random() % 4 == 0
            let dts = wild ? edges[Int(random() % UInt64(edges.count))] : Int64(bitPattern: random() >> 20)
            let pts = random() % 5 == 0 ? Int64.min : dts &+ Int64(random() % 1000)
            if random() % 97 == 0 { timeline.publisherChanged() }
            let mapped = timeline.map(
                track: track, pts: pts, dts: dts, timescale: track == 0 ? 90_000 : 1000, arrival: random() >> 8, wall: wall)
            if let before = last[track] { #expect(mapped.dts > before || before > .max / 2) }
            last[track] = mapped.dts
        }
    }

    @Test(arguments: [
        (Int64(90_000), UInt32(90_000), UInt32(1000), Int64(1000)), (1, 90_000, 1000, 0), (-90_000, 90_000, 1000, -1000),
        (7, 48_000, 48_000, 7),
        (.max, 1, 1_000_000_000, .max / 4), (.min, 1, 1_000_000_000, .min / 4), (44_100, 44_100, 1_000_000_000, 1_000_000_000),
    ])
    func rescaling(value: Int64, from: UInt32, to: UInt32, expected: Int64) {
        #expect(rescale(value, from: from, to: to) == expected)
    }
}
