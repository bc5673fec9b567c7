import Formats
import TestSupport
import Testing

@Suite struct MediaTimeTests {
    static let table: [(Int64, UInt32, UInt32, Int64)] = [
        (0, 1000, 90000, 0), (1, 1000, 90000, 90), (33, 1000, 48000, 1584), (1, 3, 1, 0),
        (2, 3, 1, 1),
        (-1, 3, 1, 0), (-2, 3, 1, -1), (1, 2, 1, 1), (-1, 2, 1, -1), (7, 44100, 44100, 7), (1000, 1000, 44100, 44100),
        (.max, 1, 2, .max), (-Int64.max, 1, .max, -Int64.max), (.max, .max, .max, .max),
        (.max, 2, 1, 4_611_686_018_427_387_904), (.max, .max, 1, 2_147_483_648),
        (.min, 1000, 90000, .min),
        (5, 0, 90000, .min), (5, 90000, 0, .min),
    ]

    @Test(arguments: table)
    func rescales(value: Int64, from: UInt32, to: UInt32, expected: Int64) {
        #expect(MediaTime.rescale(value, from: from, to: to) == expected)
    }

    @Test func neverDrifts() {
        // A day of AAC frames in milliseconds and back to samples.
        var generator = SeededGenerator(seed: 3)
        for _ in 0..<1000 {
            let samples = Int64.random(in: 0..<(86400 * 44100), using: &generator)
            let there = MediaTime.rescale(samples, from: 44100, to: 1000)
            let back = MediaTime.rescale(there, from: 1000, to: 44100)
            #expect(abs(back - samples) <= 22 + 1)
        }
    }
}
