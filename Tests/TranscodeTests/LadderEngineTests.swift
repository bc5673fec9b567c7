import CAV
import Testing

@testable import TranscodeCore

@Suite struct LadderEngineTests {
    /// A rate that varies: times from 20 to 90 apart.
    static let uneven: [Int64] = (0..<100).reduce(into: [5000]) { times, number in
        times.append((times.last ?? 0) + [20, 40, 33, 90, 41][number % 5])
    }

    @Test func keyFramesAreWhereTheSourceHasThemInEachRung() throws {
        let keys = Set([0, 17, 30, 31, 77].map { Self.uneven[$0] })
        let units = try TestMedia.source(320, 180, times: Self.uneven, keys: keys)
        let engine = try TestMedia.engine()
        var result = TestMedia.Result()
        try TestMedia.feed(engine, units, &result)
        try engine.drain { TestMedia.note($0, $1, engine, &result) }
        for rung in 0..<2 {
            #expect(result.times[rung].sorted() == Self.uneven)
            #expect(result.keys[rung] == keys.sorted())
            #expect(zip(result.decoding[rung], result.decoding[rung].dropFirst()).allSatisfy { $0 < $1 })
            #expect(zip(result.decoding[rung], result.times[rung]).allSatisfy { $0 <= $1 })
            let sizes = try TestMedia.sizes(result.streams[rung])
            #expect(sizes.count > 90 && sizes.allSatisfy { $0 == [TestMedia.rungs[rung].width, TestMedia.rungs[rung].height] })
        }
    }

    @Test func aSourceWithTooFewGetsSomePutIn() throws {
        let times = (0..<75).map { Int64($0) * 40 }
        let engine = try TestMedia.engine(longest: 1000)
        var result = TestMedia.Result()
        try TestMedia.feed(engine, try TestMedia.source(320, 180, times: times, keys: [0]), &result)
        try engine.drain { TestMedia.note($0, $1, engine, &result) }
        #expect(Array(result.keys.prefix(2)) == [[0, 1000, 2000], [0, 1000, 2000]])
    }

    @Test func withoutDelayEachPictureComesOutAtOnce() throws {
        let times = (0..<30).map { Int64($0) * 40 }
        var rungs = TestMedia.rungs
        for index in rungs.indices { rungs[index].zeroLatency = true }
        let source = try TestMedia.source(320, 180, times: times, keys: [0]).map { unit in
            var unit = unit
            unit.dts = unit.pts
            return unit
        }.sorted { $0.pts < $1.pts }
        // Without B-frames in the source its pictures come in the order they are shown in.
        let engine = try TestMedia.engine(delay: false, rungs: rungs)
        var result = TestMedia.Result()
        for (number, unit) in source.enumerated() where number < 10 {
            try TestMedia.feed(engine, [unit], &result)
        }
        #expect(result.times[0].count >= 7 && result.times[1].count == result.times[0].count, "\(result.times)")
    }

    @Test(arguments: [("libx264", AV_CODEC_ID_H264), ("libx265", AV_CODEC_ID_HEVC), ("libaom-av1", AV_CODEC_ID_AV1)])
    func brokenUnitsArePassedOver(_ encoder: String, _ codec: AVCodecID) throws {
        guard let kind = EncoderKind(rawValue: encoder), EncoderProbe.reason(kind) == nil else { return }
        let times = (0..<60).map { Int64($0) * 40 }
        let good = try TestMedia.source(320, 180, times: times, keys: [0, 1200], encoder: encoder, options: [:])
        var broken = good
        for number in 5..<25 {
            var bytes = broken[number].bytes
            switch number % 4 {
            case 0: bytes = []
            case 1: bytes = Array(bytes.prefix(bytes.count / 2))
            case 2: for index in stride(from: 5, to: bytes.count, by: 3) { bytes[index] ^= 0x5A }
            default: bytes = (0..<200).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ number) }
            }
            broken[number].bytes = bytes
        }
        let engine = try TestMedia.engine(codec: codec)
        var result = TestMedia.Result()
        try TestMedia.feed(engine, broken, &result)
        try engine.drain { TestMedia.note($0, $1, engine, &result) }
        let after = Set(times.filter { $0 >= 1200 })
        for rung in 0..<2 { #expect(after.isSubset(of: result.times[rung]), "all that comes after the next key frame") }
    }

    @Test func anotherSizeGoesOnInTheSizesOfTheRungs() throws {
        let engine = try TestMedia.engine()
        var result = TestMedia.Result()
        try TestMedia.feed(engine, try TestMedia.source(320, 180, times: (0..<25).map { $0 * 40 }, keys: [0]), &result)
        try TestMedia.feed(engine, try TestMedia.source(640, 480, times: (25..<50).map { $0 * 40 }, keys: [1000]), &result)
        try engine.drain { TestMedia.note($0, $1, engine, &result) }
        for rung in 0..<2 {
            #expect(result.times[rung].count >= 48)
            #expect(result.keys[rung] == [0, 1000])
            let sizes = try TestMedia.sizes(result.streams[rung])
            #expect(sizes.allSatisfy { $0 == [TestMedia.rungs[rung].width, TestMedia.rungs[rung].height] })
        }
    }

    @Test func theFirstEncoderThatIsThereIsTaken() throws {
        var rung = TestMedia.rungs[0]
        rung.encoders = ["h264_of_no_machine", "libx264"]
        #expect(try VideoEncoder.first(rung, timescale: 1000, rate: AVRational(num: 25, den: 1), threads: 1).name == "libx264")
        rung.encoders = ["h264_of_no_machine"]
        rung.options = [:]
        do {
            _ = try VideoEncoder.first(rung, timescale: 1000, rate: AVRational(num: 25, den: 1), threads: 1)
            Issue.record("opened")
        } catch {
            #expect("\(error)" == "no encoder: h264_of_no_machine is not known")
        }
    }

    /// Behind what another engine gave, which died: pictures before are decoded only, what follows begins with a key frame in all rungs.
    @Test(arguments: [600, 1000, -80_000, 200_000] as [Int64]) func itGoesOnBehindWhatWasGiven(given: Int64) throws {
        let engine = try TestMedia.engine()
        engine.begin(behind: given)
        let times = try LadderChangeTests.run(engine) { _, _ in }
        // A time so far ahead is another clock's.
        let begin = given == 200_000 ? 0 : given
        for rung in ["a 200", "b 100"] {
            #expect(times[rung]?.sorted() == LadderChangeTests.times.filter { $0 > begin || begin == 0 })
        }
        let first = LadderChangeTests.times.first { $0 > begin || begin == 0 }
        #expect(times["keys of a"] == Set([first ?? 0, 1000, 2000]).filter { $0 > begin || begin == 0 }.sorted())
        #expect(times["keys of b"] == times["keys of a"])
    }
}
