import Testing

@testable import RTMPCore

@Suite struct RTMPTimelineTests {
    @Test func `times go on over the wrap of 32 bits, in either direction`() {
        var timeline = RTMPTimeline()
        let wire: [UInt32] = [0xFFFF_FFD8, 0xFFFF_FFF0, 16, 40, 0xFFFF_FFFE, 80]
        let times = wire.map { timeline.time(of: $0, movesReference: true) }
        #expect(times == [4_294_967_256, 4_294_967_280, 4_294_967_312, 4_294_967_336, 4_294_967_294, 4_294_967_376])
    }

    @Test func `a jump of an hour stays one, for the host to see`() {
        for jump in [Int64(3_600_000), -3_600_000] {
            var timeline = RTMPTimeline()
            _ = timeline.time(of: 10_000_000, movesReference: true)
            #expect(timeline.time(of: UInt32(10_000_040 + jump), movesReference: true) == 10_000_040 + jump)
        }
    }
}
