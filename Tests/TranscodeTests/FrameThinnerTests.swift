import Testing

@testable import TranscodeCore

@Suite struct FrameThinnerTests {
    /// Pictures in 1000 s at most, times in ms, those that are key frames, those that are kept.
    @Test(
        arguments: [
            (0, [0, 1, 2, 3], [0], [0, 1, 2, 3]),
            (30_000, [0, 17, 33, 50, 67, 83, 100], [0], [0, 33, 67, 100]),
            (25_000, [0, 20, 40, 60, 80, 100, 120], [0], [0, 40, 80, 120]),
            (30_000, [0, 20, 40, 60, 80, 100, 120, 140, 160], [0], [0, 40, 60, 100, 140, 160]),
            // A source that is slower keeps all, also after a hole.
            (30_000, [0, 40, 80, 120], [0], [0, 40, 80, 120]),
            (30_000, [0, 17, 900, 917, 933], [0], [0, 900, 933]),
            // A key frame is kept in any case, and the next ones counted from it.
            (10_000, [0, 40, 80, 120, 160, 200, 240], [0, 120], [0, 80, 120, 200]),
            // Times that jump.
            (10_000, [5000, 5040, 20, 60, 100, 140], [5000], [5000, 20, 100]),
            (10_000, [0, 40, 3_600_000, 3_600_040, 3_600_080], [0], [0, 3_600_000, 3_600_080]),
            (10_000, [Int64.max, Int64.min, Int64.max], [], [Int64.max, Int64.min, Int64.max]),
        ] as [(UInt32, [Int64], [Int64], [Int64])])
    func keeps(_ rate: UInt32, _ times: [Int64], _ keys: [Int64], _ wanted: [Int64]) {
        var thinner = FrameThinner(rateMilli: rate, timescale: 1000)
        #expect(times.filter { thinner.keeps($0, isKey: keys.contains($0)) } == wanted)
    }

    /// Source and limit in frames per second: over a minute no more than the limit and its key frames, and not many fewer.
    @Test(arguments: [(60, 30), (60, 24), (50, 30), (120, 25), (59, 30)])
    func keepsTheRateOverAMinute(_ source: Int64, _ limit: UInt32) {
        var thinner = FrameThinner(rateMilli: limit * 1000, timescale: 90_000)
        let kept = (0..<source * 60).filter { thinner.keeps($0 * 90_000 / source, isKey: $0 % (source * 2) == 0) }.count
        #expect(kept <= Int(limit) * 60 + 60 && kept >= Int(limit) * 60 - 120, "\(kept)")
    }
}
