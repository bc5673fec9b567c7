import Testing

@testable import TranscodeCore

@Suite struct AudioClockTests {
    /// Times of blocks of 20 ms, in ms; what becomes of the last of them.
    @Test(
        arguments: [
            ([0], false, .jumps(0)),
            ([0, 20], false, .follows(20)),
            ([0, 20, 40, 60], false, .follows(60)),
            // One block that is off is not believed, two are.
            ([0, 20, 62], false, .follows(40)),
            ([0, 20, 62, 82], false, .breaks(82)),
            ([0, 20, 62, 60], false, .follows(60)),
            ([0, 20, 62, 30], false, .follows(60)),
            ([100, 120, 98], false, .follows(140)),
            ([100, 120, 98, 118], false, .breaks(118)),
            // A certain hole, an overlap.
            ([0, 20, 150], false, .breaks(150)),
            ([1000, 1020, 600], false, .breaks(600)),
            ([0, 20, 241], false, .jumps(241)),
            ([0, 20, 241], true, .breaks(241)),
            ([0, 20, 10_040], true, .breaks(10_040)),
            ([0, 20, 10_041], true, .jumps(10_041)),
            ([5000, 5020, 4039], false, .jumps(4039)),
            ([5000, 5020, 4039], true, .breaks(4039)),
            ([0, 3_600_000], true, .jumps(3_600_000)),
            ([0, -3_600_000], true, .jumps(-3_600_000)),
        ] as [([Int64], Bool, AudioClock.Step)])
    func blocksLie(_ times: [Int64], _ fills: Bool, _ wanted: AudioClock.Step) {
        var clock = AudioClock(fills: fills)
        var last: AudioClock.Step?
        for time in times { last = clock.block(at: time * 1_000_000, lasting: 20_000_000) }
        let scaled: AudioClock.Step =
            switch wanted {
            case .follows(let time): .follows(time * 1_000_000)
            case .breaks(let time): .breaks(time * 1_000_000)
            case .jumps(let time): .jumps(time * 1_000_000)
            }
        #expect(last == scaled)
    }

    @Test func whatIsNoTimeIsPassedOver() {
        var clock = AudioClock(fills: true)
        for time in [Int64.min, Int64.min + 1, .max, 1 << 60, -(1 << 60)] {
            #expect(clock.block(at: time, lasting: 20_000_000) == nil)
        }
        #expect(clock.block(at: 0, lasting: 0) == nil)
        #expect(clock.block(at: 0, lasting: 60_000_000_000) == nil)
        #expect(clock.position == nil)
        _ = clock.block(at: (1 << 60) - 1, lasting: 20_000_000)
        #expect(clock.block(at: -(1 << 60) + 1, lasting: 20_000_000) == .jumps(-(1 << 60) + 1))
    }

    /// An hour of blocks of 1024 samples of 44.1 kHz with times in whole milliseconds: never further off than the tolerance, no drift.
    @Test func anHourOfMillisecondsStaysWithin() {
        var clock = AudioClock(fills: false)
        var worst: Int64 = 0
        for number in 0..<Int64(155_039) {
            let exact = number * 1024 * 10_000_000 / 441
            guard case .follows(let time)? = clock.block(at: exact / 1_000_000 * 1_000_000, lasting: 1024 * 10_000_000 / 441)
            else {
                if number > 0 { Issue.record("block \(number)") }
                continue
            }
            worst = max(worst, abs(time - exact))
        }
        #expect(worst < 2_000_000)
    }
}
