import CAV
import Glibc
import Testing

@testable import TranscodeCore

@Suite struct LadderEngineTests {
    /// An access unit, and its time.
    struct Unit: Sendable {
        var bytes: [UInt8]
        var pts: Int64
        var dts: Int64
        var isKey: Bool
    }

    /// Moving stripes in H.264, encoded here: a key frame where `keys` says, B-frames between.
    static func source(_ width: Int32, _ height: Int32, times: [Int64], keys: Set<Int64>) throws -> [Unit] {
        let options = ["preset": "ultrafast", "bf": "2"]
        let rung = Rung(label: "source", width: width, height: height, bitrate: 500_000, options: options)
        let encoder = try VideoEncoder(rung, timescale: 1000, rate: AVRational(num: 25, den: 1), threads: 1)
        var units: [Unit] = []
        func take(_ packet: UnsafePointer<AVPacket>) {
            let packet = packet.pointee
            let isKey = packet.flags & AV_PKT_FLAG_KEY != 0
            let bytes = [UInt8](UnsafeBufferPointer(start: packet.data, count: Int(packet.size)))
            units.append(
                Unit(bytes: (isKey ? encoder.configuration : []) + bytes, pts: packet.pts, dts: packet.dts, isKey: isKey))
        }
        var frame = av_frame_alloc()
        defer { av_frame_free(&frame) }
        let picture = try #require(frame)
        for (number, time) in times.enumerated() {
            picture.pointee.format = AV_PIX_FMT_YUV420P.rawValue
            picture.pointee.width = width
            picture.pointee.height = height
            try checked("a picture", av_frame_get_buffer(picture, 0))
            let planes = [picture.pointee.data.0, picture.pointee.data.1, picture.pointee.data.2]
            let strides = [picture.pointee.linesize.0, picture.pointee.linesize.1, picture.pointee.linesize.2]
            for plane in 0..<3 {
                let rows = Int(plane == 0 ? height : (height + 1) / 2)
                let data = try #require(planes[plane])
                for row in 0..<rows {
                    memset(data + row * Int(strides[plane]), Int32((row * 3 + number * 5) % 200 + 20), Int(strides[plane]))
                }
            }
            picture.pointee.pts = time
            try encoder.encode(picture, key: keys.contains(time), take)
            av_frame_unref(picture)
        }
        try encoder.encode(nil, key: false, take)
        return units
    }

    /// What comes out of each rung.
    struct Result {
        var times: [[Int64]] = [[], []]
        var keys: [[Int64]] = [[], []]
        var decoding: [[Int64]] = [[], []]
        var streams: [[UInt8]] = [[], []]
    }

    static let rungs = [
        Rung(label: "a", width: 160, height: 90, bitrate: 200_000, options: ["preset": "ultrafast"]),
        Rung(label: "b", width: 96, height: 54, bitrate: 100_000, options: ["preset": "ultrafast"]),
    ]

    static func engine(longest: Int64 = 4000, delay: Bool = true, rungs: [Rung] = rungs) throws -> LadderEngine {
        try LadderEngine(
            InputTrack(codec: AV_CODEC_ID_H264, timescale: 1000, configuration: []), rungs: rungs,
            rate: AVRational(num: 25, den: 1), longestKeyInterval: longest, delay: delay)
    }

    static func feed(_ engine: LadderEngine, _ units: [Unit], _ result: inout Result) throws {
        for unit in units {
            try unit.bytes.withUnsafeBytes {
                try engine.feed($0, pts: unit.pts, dts: unit.dts, key: unit.isKey) { note($0, $1, engine, &result) }
            }
        }
    }

    static func note(_ rung: Int, _ packet: UnsafePointer<AVPacket>, _ engine: LadderEngine, _ result: inout Result) {
        let packet = packet.pointee
        result.times[rung].append(packet.pts)
        result.decoding[rung].append(packet.dts)
        if packet.flags & AV_PKT_FLAG_KEY != 0 {
            result.keys[rung].append(packet.pts)
            result.streams[rung] += engine.encoders[rung].configuration
        }
        result.streams[rung] += [UInt8](UnsafeBufferPointer(start: packet.data, count: Int(packet.size)))
    }

    /// A rate that varies: times from 20 to 90 apart.
    static let uneven: [Int64] = (0..<100).reduce(into: [5000]) { times, number in
        times.append((times.last ?? 0) + [20, 40, 33, 90, 41][number % 5])
    }

    @Test func keyFramesAreWhereTheSourceHasThemInEachRung() throws {
        let keys = Set([0, 17, 30, 31, 77].map { Self.uneven[$0] })
        let units = try Self.source(320, 180, times: Self.uneven, keys: keys)
        let engine = try Self.engine()
        var result = Result()
        try Self.feed(engine, units, &result)
        try engine.drain { Self.note($0, $1, engine, &result) }
        for rung in 0..<2 {
            #expect(result.times[rung].sorted() == Self.uneven)
            #expect(result.keys[rung] == keys.sorted())
            #expect(zip(result.decoding[rung], result.decoding[rung].dropFirst()).allSatisfy { $0 < $1 })
            #expect(zip(result.decoding[rung], result.times[rung]).allSatisfy { $0 <= $1 })
            let sizes = try Self.sizes(result.streams[rung])
            #expect(sizes.count > 90 && sizes.allSatisfy { $0 == [Self.rungs[rung].width, Self.rungs[rung].height] })
        }
    }

    @Test func aSourceWithTooFewGetsSomePutIn() throws {
        let times = (0..<75).map { Int64($0) * 40 }
        let engine = try Self.engine(longest: 1000)
        var result = Result()
        try Self.feed(engine, try Self.source(320, 180, times: times, keys: [0]), &result)
        try engine.drain { Self.note($0, $1, engine, &result) }
        #expect(result.keys == [[0, 1000, 2000], [0, 1000, 2000]])
    }

    @Test func withoutDelayEachPictureComesOutAtOnce() throws {
        let times = (0..<30).map { Int64($0) * 40 }
        var rungs = Self.rungs
        for index in rungs.indices { rungs[index].options["tune"] = "zerolatency" }
        let source = try Self.source(320, 180, times: times, keys: [0]).map { unit in
            var unit = unit
            unit.dts = unit.pts
            return unit
        }.sorted { $0.pts < $1.pts }
        // Without B-frames in the source its pictures come in the order they are shown in.
        let engine = try Self.engine(delay: false, rungs: rungs)
        var result = Result()
        for (number, unit) in source.enumerated() where number < 10 {
            try Self.feed(engine, [unit], &result)
        }
        #expect(result.times[0].count >= 7 && result.times[1].count == result.times[0].count, "\(result.times)")
    }

    @Test func brokenUnitsArePassedOver() throws {
        let times = (0..<60).map { Int64($0) * 40 }
        let good = try Self.source(320, 180, times: times, keys: [0, 1200])
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
        let engine = try Self.engine()
        var result = Result()
        try Self.feed(engine, broken, &result)
        try engine.drain { Self.note($0, $1, engine, &result) }
        let after = Set(times.filter { $0 >= 1200 })
        for rung in 0..<2 { #expect(after.isSubset(of: result.times[rung]), "all that comes after the next key frame") }
    }

    @Test func anotherSizeGoesOnInTheSizesOfTheRungs() throws {
        let engine = try Self.engine()
        var result = Result()
        try Self.feed(engine, try Self.source(320, 180, times: (0..<25).map { $0 * 40 }, keys: [0]), &result)
        try Self.feed(engine, try Self.source(640, 480, times: (25..<50).map { $0 * 40 }, keys: [1000]), &result)
        try engine.drain { Self.note($0, $1, engine, &result) }
        for rung in 0..<2 {
            #expect(result.times[rung].count >= 48)
            #expect(result.keys[rung] == [0, 1000])
            let sizes = try Self.sizes(result.streams[rung])
            #expect(sizes.allSatisfy { $0 == [Self.rungs[rung].width, Self.rungs[rung].height] })
        }
    }

    @Test func theFirstEncoderThatIsThereIsTaken() throws {
        var rung = Self.rungs[0]
        rung.encoders = ["h264_of_no_machine", "libx264"]
        #expect(try VideoEncoder(rung, timescale: 1000, rate: AVRational(num: 25, den: 1), threads: 1).name == "libx264")
        rung.encoders = ["h264_of_no_machine"]
        rung.options = [:]
        do {
            _ = try VideoEncoder(rung, timescale: 1000, rate: AVRational(num: 25, den: 1), threads: 1)
            Issue.record("opened")
        } catch {
            #expect("\(error)" == "no encoder: h264_of_no_machine is not in this libavcodec")
        }
    }

    /// The size of each picture of an Annex B stream, by libavcodec's own parser and decoder.
    static func sizes(_ stream: [UInt8]) throws -> [[Int32]] {
        let decoder = try Decoder(
            InputTrack(codec: AV_CODEC_ID_H264, timescale: 1000, configuration: []), threads: 1, delay: true)
        let parser = try #require(av_parser_init(Int32(AV_CODEC_ID_H264.rawValue)))
        defer { av_parser_close(parser) }
        var sizes: [[Int32]] = []
        var number: Int64 = 0
        let padded = stream + [UInt8](repeating: 0, count: 64)
        try padded.withUnsafeBufferPointer { whole in
            let base = try #require(whole.baseAddress)
            var at = 0
            while at <= stream.count {
                var unit: UnsafeMutablePointer<UInt8>?
                var size: Int32 = 0
                let left = stream.count - at
                let used = av_parser_parse2(
                    parser, decoder.context, &unit, &size, base + at, Int32(left), av_no_pts, av_no_pts, 0)
                at += Int(used)
                if size > 0, let unit {
                    number += 1
                    let bytes = UnsafeRawBufferPointer(start: unit, count: Int(size))
                    try decoder.decode(bytes, pts: number, dts: number, key: false) {
                        sizes.append([$0.pointee.width, $0.pointee.height])
                    }
                }
                if left == 0 { break }
            }
        }
        try decoder.drain { sizes.append([$0.pointee.width, $0.pointee.height]) }
        return sizes
    }
}
