import Testing

@testable import LoadCore

@Suite struct RefereeTests {
    let referee = Referee()

    init() { referee.isCounting = true }

    func play(_ frames: [(counter: UInt32, time: UInt32)], tag: UInt8 = 0) {
        var check = StreamCheck(tag: tag)
        for frame in frames {
            videoBody(frame.counter, key: false).withUnsafeBytes {
                _ = referee.video($0, timestamp: frame.time, arrived: 1_000_005, check: &check)
            }
        }
    }

    @Test func aCleanStreamIsClean() {
        play([(1, 0), (2, 33), (3, 67)])
        #expect(referee.counts.video == 3 && referee.counts.marks == 3)
        #expect(referee.counts.lost + referee.counts.duplicates + referee.counts.gaps + referee.counts.crcErrors == 0)
        #expect(referee.latency.percentile(50) == 1)
    }

    @Test func lossAndDuplication() {
        play([(1, 0), (5, 33), (5, 33), (6, 67)])
        #expect(referee.counts.lost == 3 && referee.counts.duplicates == 1)
    }

    @Test func order() {
        play([(1, 0xffff_fff0), (2, 10), (3, 0), (4, 300)])
        #expect(referee.counts.timestampsBack == 1 && referee.counts.gaps == 1)
    }

    @Test func framesOfAnotherStream() {
        play([(0x0500_0001, 0), (0x0600_0002, 33), (0x0500_0002, 67)], tag: 5)
        #expect(referee.counts.foreign == 1 && referee.counts.lost == 0)
        play([(0x0700_0001, 0)], tag: 5)
        #expect(referee.counts.foreign == 2)
    }

    @Test func corruption() {
        var check = StreamCheck()
        videoBody(1, key: true, damaged: true).withUnsafeBytes {
            #expect(referee.video($0, timestamp: 0, arrived: 9, check: &check))
        }
        #expect(referee.counts.crcErrors == 1)
        videoBody(2, key: true).dropLast().withUnsafeBytes { _ = referee.video($0, timestamp: 0, arrived: 9, check: &check) }
        #expect(referee.counts.protocolErrors == 1)
    }

    @Test func latencyIsThatOfFramesPublishedSinceTheJoin() {
        var check = StreamCheck(since: 100)
        for (counter, time) in [(UInt32(1), UInt64(50)), (2, 150)] {
            videoBody(counter, key: true, time: time).withUnsafeBytes {
                _ = referee.video($0, timestamp: counter, arrived: 2_000_150, check: &check)
            }
        }
        #expect(referee.latency.count == 1 && referee.latency.percentile(100) == 2)
    }

    @Test func percentilesAreNearestRank() {
        var samples = Samples()
        #expect(samples.percentile(50) == -1)
        for i in (1...200).reversed() { samples.add(nanoseconds: UInt64(i) * 1_000_000) }
        #expect([0, 50, 95, 99, 100].map { samples.percentile($0) } == [1, 100, 190, 198, 200])
    }
}
