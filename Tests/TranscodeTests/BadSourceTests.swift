import CAV
import Testing

@testable import TranscodeCore

@Suite struct BadSourceTests {
    static let plain: [Int64] = (0..<50).map { $0 * 40 }

    static func moved(_ units: [TestMedia.Unit], by ticks: Int64) -> [TestMedia.Unit] {
        units.map { unit in
            var unit = unit
            unit.pts += ticks
            unit.dts += ticks
            return unit
        }
    }

    /// By how much the second half's times are off: all of it comes out, begins with a key frame, and times of decoding go forward in each half.
    @Test(arguments: [3_600_000, -3_600_000, -5_000, 60_000] as [Int64])
    func timesThatJump(_ by: Int64) throws {
        let units = try TestMedia.source(320, 180, times: Self.plain, keys: [0, 1000])
        let second = units.firstIndex { $0.pts >= 1000 } ?? 0
        let engine = try TestMedia.engine()
        let result = try TestMedia.run(engine, Array(units[..<second]) + Self.moved(Array(units[second...]), by: by))
        for rung in 0..<2 {
            let wanted = Self.plain.filter { $0 < 1000 } + Self.plain.filter { $0 >= 1000 }.map { $0 + by }
            #expect(result.times[rung].sorted() == wanted.sorted(), "\(by)")
            #expect(result.keys[rung].contains(1000 + by))
            #expect(zip(result.decoding[rung], result.times[rung]).allSatisfy { $0 <= $1 })
        }
        #expect(engine.backward == 0)
    }

    /// Times that go back by less than a second are passed over until they are past where they were.
    @Test func timesThatGoBackALittle() throws {
        let units = try TestMedia.source(320, 180, times: Self.plain, keys: [0, 1000])
        let second = units.firstIndex { $0.pts >= 1000 } ?? 0
        let engine = try TestMedia.engine()
        let result = try TestMedia.run(engine, Array(units[..<second]) + Self.moved(Array(units[second...]), by: -200))
        #expect(engine.backward == 5)
        #expect(result.times[0].sorted() == Self.plain.filter { $0 < 1000 } + Self.plain.filter { $0 >= 1200 }.map { $0 - 200 })
        #expect(zip(result.decoding[0], result.decoding[0].dropFirst()).allSatisfy { $0 < $1 })
    }

    /// Key frames in times that only go back: nothing is kept of them.
    @Test func timesThatOnlyGoBack() throws {
        let units = try TestMedia.source(160, 90, times: Self.plain, keys: Set(Self.plain), options: ["bf": "0"])
        let engine = try TestMedia.engine()
        var result = TestMedia.Result()
        for (number, unit) in units.enumerated() {
            try TestMedia.feed(engine, Self.moved([unit], by: Int64(number) * -140), &result)
        }
        try engine.drain { TestMedia.note($0, $1, engine, &result) }
        #expect(result.times[0].count <= Self.plain.count)
    }

    /// A group that begins with pictures that are shown before its key frame and need the group before.
    @Test func openGroups() throws {
        let units = try TestMedia.source(
            320, 180, times: Self.plain, keys: [0], options: ["bf": "2", "x264-params": "open-gop=1:keyint=20:min-keyint=20"])
        #expect(units.filter(\.isKey).count >= 2)
        // From the beginning, and from the second group, whose first pictures cannot be decoded.
        let all = try TestMedia.run(try TestMedia.engine(), units)
        #expect(all.times[0].sorted() == Self.plain && all.keys[0] == all.keys[1] && all.keys[0].count >= 2)
        let second = units.indices.filter { units[$0].isKey }[1]
        let late = try TestMedia.run(try TestMedia.engine(), Array(units[second...]))
        #expect(late.keys[0].first == late.times[0].min() && late.times[0].count >= units.count - second - 3)
    }

    /// Fields become whole pictures, with their times and key frames; pictures before them wait for nothing.
    @Test func interlacedPictures() throws {
        let units = try TestMedia.source(
            320, 180, times: Self.plain, keys: [0, 1000], options: ["bf": "0", "flags": "+ildct+ilme"])
        let engine = try TestMedia.engine()
        let result = try TestMedia.run(engine, units)
        for rung in 0..<2 {
            #expect(result.times[rung].sorted() == Self.plain && result.keys[rung] == [0, 1000])
        }
        var interlaced = 0
        try TestMedia.pictures(result.streams[0]) { interlaced += $0.pointee.interlaced_frame != 0 ? 1 : 0 }
        #expect(interlaced == 0)
    }

    /// Size and pixels of the source, before and after: what is black at the sides (columns) or above and below (rows) of a 160 x 90 rung.
    @Test(
        arguments: [
            (320, 180, 1, 1, false, false), (240, 180, 4, 3, false, false), (240, 180, 1, 1, true, false),
            (320, 90, 1, 1, false, true),
            (160, 180, 2, 1, false, false), (320, 180, 100, 1, false, false),
        ] as [(Int32, Int32, Int32, Int32, Bool, Bool)])
    func pixelsAreMadeSquareAndOtherShapesGetBars(
        _ width: Int32, _ height: Int32, _ across: Int32, _ down: Int32, _ sides: Bool, _ rows: Bool
    ) throws {
        let units = try TestMedia.source(
            width, height, times: Array(Self.plain.prefix(5)), keys: [0],
            options: ["bf": "2", "x264-params": "sar=\(across)/\(down)"], grey: 180)
        let rung = Rung(label: "a", width: 160, height: 90, bitrate: 1_000_000, preset: "ultrafast")
        let result = try TestMedia.run(try TestMedia.engine(rungs: [rung]), units)
        var luma: [Int] = []
        try TestMedia.pictures(result.streams[0]) { frame in
            guard let data = frame.pointee.data.0 else { return }
            let stride = Int(frame.pointee.linesize.0)
            luma = [Int(data[45 * stride + 2]), Int(data[2 * stride + 80]), Int(data[45 * stride + 80])]
        }
        #expect(luma.count == 3 && (luma[0] < 60) == sides && (luma[1] < 60) == rows && luma[2] > 150, "\(luma)")
    }

    /// A picture of four slices with one lost, cut short, garbled or sent twice; by libavcodec's start codes.
    static func damaged(_ unit: [UInt8], _ how: Int) -> [UInt8] {
        let starts = unit.indices.dropLast(3).filter { unit[$0] == 0 && unit[$0 + 1] == 0 && unit[$0 + 2] == 1 }
        let units = zip(starts, starts.dropFirst() + [unit.count]).map { Array(unit[$0..<$1]) }
        let slices = units.indices.filter { units[$0].count > 3 && [1, 5].contains(units[$0][3] & 31) }
        guard slices.count == 4 else { return [] }
        var made = units
        let hit = slices[1 + how % 3]
        switch how % 4 {
        case 0: made[hit] = []
        case 1: made[hit] = Array(units[hit].prefix(units[hit].count / 2))
        case 2: for index in stride(from: 6, to: units[hit].count, by: 3) { made[hit][index] ^= 0x5A }
        default: made[hit] += units[slices[0]]
        }
        return made.flatMap { $0 }
    }

    /// Slices that are broken stay in their group: what comes behind it is as it is without them, and no key frame moves.
    @Test func brokenSlices() throws {
        let times: [Int64] = (0..<75).map { $0 * 40 }
        let good = try TestMedia.source(
            320, 180, times: times, keys: [0, 1000, 2000], options: ["bf": "0", "x264-params": "slices=4"])
        var broken = good
        for number in Array(3..<20) + [50] {
            broken[number].bytes = Self.damaged(good[number].bytes, number)
            #expect(!broken[number].bytes.isEmpty && broken[number].bytes != good[number].bytes)
        }
        let (whole, result) = (try TestMedia.run(try TestMedia.engine(), good), try TestMedia.run(try TestMedia.engine(), broken))
        for rung in 0..<2 {
            #expect(result.keys[rung] == [0, 1000, 2000])
            #expect(Set(result.times[rung]).isSubset(of: times) && result.times[rung].count >= 70)
            #expect(Set(times.filter { $0 >= 1000 }).isSubset(of: result.times[rung]))
            #expect(zip(result.decoding[rung], result.decoding[rung].dropFirst()).allSatisfy { $0 < $1 })
        }
        let (clean, seen) = (try Self.rows(whole.streams[0]), try Self.rows(result.streams[0]))
        let behind = zip(clean.suffix(50).prefix(25), seen.suffix(50).prefix(25))
        #expect(clean.count == 75 && seen.count == result.times[0].count)
        #expect(behind.allSatisfy { zip($0, $1).allSatisfy { abs($0 - $1) < 10 } }, "the group behind them")
    }

    /// The mean luma of each tenth row of each picture.
    private static func rows(_ stream: [UInt8]) throws -> [[Int]] {
        var found: [[Int]] = []
        try TestMedia.pictures(stream) { frame in
            guard let data = frame.pointee.data.0 else { return }
            let (stride, width) = (Int(frame.pointee.linesize.0), Int(frame.pointee.width))
            found.append(
                Swift.stride(from: 5, to: Int(frame.pointee.height), by: 10).map { row in
                    (0..<width).reduce(0) { $0 + Int(data[row * stride + $1]) } / width
                })
        }
        return found
    }

    /// 25, then 50, then 12.5 pictures a second: all come out; of a rung with a limit those that it allows, at the others' times.
    @Test func aFrameRateThatChanges() throws {
        var rungs = TestMedia.rungs
        rungs[1].frameRateMilli = 20_000
        let times: [Int64] = (0..<25).map { $0 * 40 } + (0..<50).map { 1000 + $0 * 20 } + (0..<13).map { 2000 + $0 * 80 }
        let units = try TestMedia.source(320, 180, times: times, keys: [0, 1000, 2000])
        let result = try TestMedia.run(try TestMedia.engine(rungs: rungs), units)
        #expect(result.times[0].sorted() == times)
        for rung in 0..<2 {
            #expect(result.keys[rung] == [0, 1000, 2000])
            #expect(zip(result.decoding[rung], result.decoding[rung].dropFirst()).allSatisfy { $0 < $1 })
        }
        let kept = result.times[1].sorted()
        #expect(Set(kept).isSubset(of: times) && kept.suffix(13) == times.suffix(13))
        for second in [Int64(0), 1000] { #expect((17...23).contains(kept.count { $0 / 1000 * 1000 == second }), "\(kept)") }
    }

    /// A rung with a limit of pictures a second has fewer of them, at the times of the others, and all key frames.
    @Test func aLimitOfPicturesASecond() throws {
        var rungs = TestMedia.rungs
        rungs[1].frameRateMilli = 10_000
        let times: [Int64] = (0..<100).map { $0 * 20 }
        let units = try TestMedia.source(320, 180, times: times, keys: [0, 660, 1000])
        let result = try TestMedia.run(try TestMedia.engine(rungs: rungs), units)
        #expect(result.times[0].sorted() == times && result.keys[0] == [0, 660, 1000])
        #expect(result.keys[1] == [0, 660, 1000])
        #expect(
            Set(result.times[1]).isSubset(of: Set(times)) && (20...24).contains(result.times[1].count),
            "\(result.times[1].sorted())")
    }

    /// Too slow: the most expensive rung goes, at once, and comes back at a key frame; the other one loses nothing.
    @Test func tooLittleTime() throws {
        let times: [Int64] = (0..<120).map { $0 * 40 }
        let units = try TestMedia.source(320, 180, times: times, keys: Set(times.filter { $0 % 1000 == 0 }), options: ["bf": "0"])
        let engine = try TestMedia.engine()
        var begun: [[String]] = []
        engine.begins = { [unowned engine] in begun.append(engine.running.map(\.label)) }
        var seen: [String: [Int64]] = [:]
        func take(_ place: Int, _ packet: UnsafePointer<AVPacket>) {
            seen[engine.running[place].label, default: []].append(packet.pointee.pts)
        }
        for (number, unit) in units.enumerated() {
            engine.waited(number == 40 ? 1500 : 0, at: 1_000_000 + Int64(number) * 400)
            try unit.bytes.withUnsafeBytes { try engine.feed($0, pts: unit.pts, dts: unit.dts, key: unit.isKey, take) }
            if number == 60 {
                #expect(engine.figures.map(\.encoder) == ["", "libx264"])
                #expect(engine.figures.map(\.label) == ["a", "b"])
            }
        }
        try engine.drain(take)
        #expect(begun == [["b"], ["a", "b"]])
        #expect(seen["b"]?.sorted() == times)
        let a = (seen["a"] ?? []).sorted()
        let hole = zip(a, a.dropFirst()).first { $1 - $0 > 40 }
        #expect(a.count < times.count && hole.map { $0.1 % 1000 == 0 } == true, "\(a)")
        #expect(engine.figures[1].frames == 120)
    }

    /// The smallest pictures, and pictures that are larger than what is decoded: those are passed over.
    @Test func sizesAtTheEnds() throws {
        let rung = Rung(label: "a", width: 16, height: 16, bitrate: 50_000, preset: "ultrafast")
        let small = try TestMedia.run(
            try TestMedia.engine(rungs: [rung]), TestMedia.source(16, 16, times: Self.plain, keys: [0]))
        #expect(small.times[0].sorted() == Self.plain)
        let large = try TestMedia.source(8192, 8192, times: [0], keys: [0], options: ["bf": "0"], grey: 100)
        let result = try TestMedia.run(try TestMedia.engine(rungs: [rung]), large)
        #expect(result.times[0].isEmpty)
    }
}
