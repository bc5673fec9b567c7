import Testing
import TranscodeCore

@Suite struct KeyFramePlanTests {
    /// Times of the pictures, those that are key frames of the source, those that are to be key frames of the rungs; at most 100 apart.
    @Test(
        arguments: [
            ([0, 40, 80], [0], [0]),
            ([0, 40, 80, 120, 160], [0, 80], [0, 80]),
            ([0, 40, 80, 120, 160, 200, 240], [0], [0, 120, 240]),
            // The first picture is one in any case.
            ([7, 47], [], [7]),
            // A source with key frames only.
            ([0, 40, 80], [0, 40, 80], [0, 40, 80]),
            // A rate that varies, and a clock that goes back.
            ([0, 10, 99, 100, 350, 351], [0], [0, 100, 350]),
            ([1000, 1040, 20, 60, 120], [1000], [1000, 20, 120]),
            ([Int64.max - 1, Int64.max, Int64.min, 0], [], [Int64.max - 1, Int64.min, 0]),
        ] as [([Int64], [Int64], [Int64])])
    func keysAre(_ times: [Int64], _ source: [Int64], _ wanted: [Int64]) {
        var plan = KeyFramePlan(longest: 100)
        #expect(times.filter { plan.isKey($0, ofSource: source.contains($0)) } == wanted)
    }
}
