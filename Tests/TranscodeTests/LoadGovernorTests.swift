import Testing

@testable import TranscodeCore

@Suite struct LoadGovernorTests {
    /// Each second a lag, in ms; what is done without after it: `rungs/one of so many`.
    static func reliefs(_ lags: [Int64], rungs: Int) -> [String] {
        var governor = LoadGovernor()
        return lags.enumerated().map { second, lag in
            _ = governor.sees(lag: lag, at: Int64(second) * 1000, rungs: rungs)
            return "\(governor.relief.rungs)/\(governor.relief.keptOneOf)"
        }
    }

    @Test func rungsGoFirstThenPicturesAndNothingElse() {
        let reliefs = Self.reliefs([0, 800, 800, 800, 800, 800, 800, 800, 800, 9000, 9000], rungs: 3)
        #expect(reliefs == ["0/1", "1/1", "1/1", "2/1", "2/1", "2/2", "2/2", "2/4", "2/4", "2/4", "2/4"])
        #expect(Self.reliefs([800, 800, 800], rungs: 1) == ["0/2", "0/2", "0/4"])
    }

    @Test func aLagBetweenIsNeitherLateNorInTime() {
        #expect(Set(Self.reliefs([Int64](repeating: 400, count: 100), rungs: 3)) == ["0/1"])
        #expect(Self.reliefs([800] + [Int64](repeating: 400, count: 100), rungs: 3).last == "1/1")
    }

    @Test func itComesBackAfterAQuietWhileAndLaterEachTimeThatItCannotStay() {
        var lags: [Int64] = [800]
        lags += [Int64](repeating: 0, count: 21)
        #expect(Self.reliefs(lags, rungs: 3).suffix(2) == ["1/1", "0/1"])
        // Gone again three seconds later: now it takes twice as long.
        lags += [0, 0, 800]
        lags += [Int64](repeating: 0, count: 41)
        #expect(Self.reliefs(lags, rungs: 3).suffix(2) == ["1/1", "0/1"])
        #expect(Self.reliefs(lags, rungs: 3)[lags.count - 20] == "1/1")
    }

    @Test func aSmallerLadderCannotDoWithoutMore() {
        var governor = LoadGovernor()
        for second in 0..<20 { _ = governor.sees(lag: 1000, at: Int64(second) * 1000, rungs: 5) }
        #expect(governor.relief.rungs == 4)
        governor.laddersChanged(rungs: 2)
        #expect(governor.relief.rungs == 1)
        governor.laddersChanged(rungs: 0)
        #expect(governor.relief.rungs == 0)
    }
}
