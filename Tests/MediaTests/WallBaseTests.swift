import Testing

@testable import HostMedia

/// Renditions of one encoder are on one wall clock, however late each begins and whatever the encoder's clock does.
@Suite struct WallBaseTests {
    private let wall: Int64 = 1_700_000_000_000_000

    private func timeline(_ base: WallBase, drift: Int64 = Timeline.largeStep) -> Timeline {
        var timeline = Timeline()
        (timeline.base, timeline.largestStep) = (base, drift)
        return timeline
    }

    /// The wall clock's milliseconds, since these tests began, of a frame that arrives `late` after its time on the wall clock.
    private func at(_ timeline: inout Timeline, _ ms: Int64, clock: Int64, late: Int64 = 0) -> Int64 {
        let now = clock + late
        let mapped = timeline.map(
            track: 0, pts: ms, dts: ms, timescale: 1000, arrival: UInt64(1_000_000_000 + now * 1_000_000), wall: wall + now * 1000
        )
        return (mapped.wallMicroseconds - wall) / 1000
    }

    @Test func whoComesLaterTakesTheFirstOnesClock() {
        let base = WallBase()
        var (one, two, three) = (timeline(base), timeline(base), timeline(base))
        #expect(at(&one, 50_000, clock: 0) == 0)
        #expect(at(&two, 53_000, clock: 3000, late: 700) == 3000)
        #expect(at(&three, 60_000, clock: 10_000, late: 9_900) == 10_000)
        #expect(at(&one, 50_040, clock: 40) == 40 && at(&two, 53_040, clock: 3040) == 3040)
    }

    @Test func anotherClockIsANewOneForAllThatFollow() {
        let base = WallBase()
        var (one, two, three) = (timeline(base), timeline(base), timeline(base))
        #expect(at(&one, 50_000, clock: 0) == 0)
        #expect(at(&two, 0, clock: 3000) == 3000, "50 s off")
        #expect(at(&three, 1000, clock: 4000, late: 200) == 4000, "the second one's")
        #expect(at(&one, 50_040, clock: 40) == 40, "who is on air stays")
    }

    @Test func theBoundIsTheApps() {
        let base = WallBase()
        var (one, two) = (timeline(base), timeline(base, drift: 2_000_000_000))
        #expect(at(&one, 0, clock: 0) == 0)
        #expect(at(&two, 3000, clock: 3000, late: 2001) == 5001)
    }

    /// SPEC §15, test 13: an encoder's clock that jumps does so for all its renditions, which stay in step; wall clocks go on.
    @Test(arguments: [Int64(3_600_000), -3_600_000, 30_000, -30_000, -(1 << 32)])
    func renditionsJumpTogether(by jump: Int64) {
        let base = WallBase()
        var (one, two) = (timeline(base), timeline(base))
        let start: Int64 = 1 << 33
        for step in 0..<50 {
            let ms = Int64(step) * 40
            #expect(at(&one, start + ms, clock: ms) == ms)
            #expect(at(&two, start + ms, clock: ms, late: 30) == ms)
        }
        for step in 50..<100 {
            let ms = Int64(step) * 40
            #expect(at(&one, start + ms + jump, clock: ms) == ms)
            #expect(at(&two, start + ms + jump, clock: ms, late: 30) == ms)
        }
        #expect(one.jumps == 1 && two.jumps == 1)
    }

    @Test func aSmallJumpBackNeverTakesTheWallClockBack() {
        let base = WallBase()
        var one = timeline(base)
        #expect(at(&one, 20_000, clock: 0) == 0 && at(&one, 25_000, clock: 5000) == 5000)
        // Three seconds back: what the group had would be three seconds ago.
        #expect(at(&one, 22_040, clock: 5040) == 5040)
        #expect(at(&one, 22_080, clock: 5080) == 5080)
    }

    @Test func aPublisherThatComesBackOnTheSameClockIsWhereItWas() {
        let base = WallBase()
        var (one, two) = (timeline(base), timeline(base))
        #expect(at(&one, 1000, clock: 0) == 0 && at(&two, 1000, clock: 0, late: 20) == 0)
        one.publisherChanged()
        #expect(at(&one, 5000, clock: 4000, late: 300) == 4000)
        one.publisherChanged()
        #expect(at(&one, 0, clock: 60_000) == 60_000)
    }

    @Test func timesThatAreNoneDoNotTrap() {
        let base = WallBase()
        for source in [Int64.min, .min / 4, -1, 0, .max / 4, .max] {
            for wall in [Int64.min, 0, .max] { _ = base.settle(source: source, wall: wall, drift: .max) }
        }
    }
}
