import CAV
import Formats
import Glibc
import Testing

@testable import TranscodeCore

@Suite struct EncoderTests {
    static let times: [Int64] = (0..<40).map { 1000 + $0 * 40 }
    static let keys: [Int64] = [1000, 1520, 2080]

    /// Name, libavcodec's decoder of it, how long a decoder's configuration string begins.
    @Test(arguments: [
        ("libx264", AV_CODEC_ID_H264, "avc1."), ("libx265", AV_CODEC_ID_HEVC, "hvc1.1.6.L"),
        ("libsvtav1", AV_CODEC_ID_AV1, "av01.0."), ("libaom-av1", AV_CODEC_ID_AV1, "av01.0."),
    ])
    func eachHasItsKeyFramesWhereTheyAreAskedFor(_ name: String, _ codec: AVCodecID, _ string: String) throws {
        let kind = try #require(EncoderKind(rawValue: name))
        guard EncoderProbe.reason(kind) == nil else {
            // Debian's libavcodec has them; another need not.
            return #expect(EncoderProbe.reason(kind) != "")
        }
        let rungs = [
            Rung(label: "a", width: 160, height: 90, encoders: [name], bitrate: 200_000, preset: "ultrafast"),
            Rung(label: "b", width: 96, height: 64, fit: .stretch, encoders: [name], bitrate: 100_000, preset: "ultrafast"),
        ]
        let engine = try TestMedia.engine(rungs: rungs)
        #expect(engine.encoders.map(\.name) == [name, name])
        #expect(sched_getscheduler(0) == SCHED_OTHER, "it has made this thread a real-time one")
        var payloads: [[[UInt8]]] = [[], []]
        var result = TestMedia.Result()
        func take(_ rung: Int, _ packet: UnsafePointer<AVPacket>) {
            TestMedia.note(rung, packet, engine, &result)
            payloads[rung].append(engine.payload(rung, packet))
        }
        for unit in try TestMedia.source(320, 180, times: Self.times, keys: Set(Self.keys)) {
            try unit.bytes.withUnsafeBytes { try engine.feed($0, pts: unit.pts, dts: unit.dts, key: unit.isKey, take) }
        }
        try engine.drain(take)
        for rung in 0..<2 {
            #expect(result.times[rung].sorted() == Self.times)
            #expect(result.keys[rung] == Self.keys)
            #expect(zip(result.decoding[rung], result.decoding[rung].dropFirst()).allSatisfy { $0 < $1 })
            #expect(zip(result.decoding[rung], result.times[rung]).allSatisfy { $0 <= $1 })
            let record = engine.encoders[rung].record
            let track = try TrackDescription.describing(id: 0, codec: kind.codec.fourCC, configuration: record)
            #expect(track.width == UInt32(rungs[rung].width) && track.height == UInt32(rungs[rung].height))
            #expect(track.codecString?.hasPrefix(string) == true, "\(track.codecString ?? "")")
            // A decoder that has the record and nothing else reads what streams carry.
            let decoder = try Decoder(
                InputTrack(codec: codec, timescale: 1000, configuration: record), threads: 1, delay: true)
            var decoded: [Int32] = []
            for (number, payload) in payloads[rung].enumerated() {
                try payload.withUnsafeBytes {
                    try decoder.decode($0, pts: result.times[rung][number], dts: result.decoding[rung][number], key: false) {
                        decoded.append($0.pointee.width)
                    }
                }
            }
            try decoder.drain { decoded.append($0.pointee.width) }
            #expect(decoded == [Int32](repeating: rungs[rung].width, count: Self.times.count))
        }
    }

    @Test func theRecordSaysTheLevelThatTheSizeNeeds() throws {
        let rung = Rung(label: "a", width: 1280, height: 720, bitrate: 3_000_000)
        let encoder = try VideoEncoder.first(rung, timescale: 1000, rate: AVRational(num: 30, den: 1), threads: 1)
        #expect(try AVCConfiguration(parsing: encoder.record).firstSPS().level == 31)
        #expect(Array(encoder.record.prefix(4)) == [1, 100, 0, 31])
    }

    /// What the machine has not is said, in words, and is not asked for again.
    @Test func allAreProbed() {
        let results = EncoderProbe.all
        #expect(results.map(\.kind) == EncoderKind.allCases)
        #expect(results.allSatisfy { $0.reason?.isEmpty != true })
        #expect(results.first { $0.kind == .x264 }?.reason == nil)
        #expect(EncoderProbe.all.map(\.reason) == results.map(\.reason))
    }

    @Test func theFirstThatOpensIsTakenAndTheOthersSayWhyNot() throws {
        var rung = TestMedia.rungs[0]
        rung.encoders = ["h264_of_no_machine", "libx264"]
        let encoder = try VideoEncoder.first(rung, timescale: 1000, rate: AVRational(num: 25, den: 1), threads: 1)
        #expect(encoder.name == "libx264" && encoder.passedOver == ["h264_of_no_machine is not known"])
        rung.encoders = ["libx264"]
        rung.options = ["preset": "of no encoder"]
        #expect(throws: VideoEncoder.NoEncoder.self) {
            try VideoEncoder.first(rung, timescale: 1000, rate: AVRational(num: 25, den: 1), threads: 1)
        }
    }

    /// Bits of ten seconds of noise-like pictures against the rung's: no more than the largest rate and one buffer.
    @Test(arguments: ["libx264", "libx265", "libsvtav1"])
    func theRateIsConstrained(_ name: String) throws {
        let kind = try #require(EncoderKind(rawValue: name))
        guard EncoderProbe.reason(kind) == nil else { return }
        let rung = Rung(label: "a", width: 160, height: 96, encoders: [name], bitrate: 300_000, preset: "ultrafast")
        let encoder = try VideoEncoder.first(rung, timescale: 1000, rate: AVRational(num: 25, den: 1), threads: 1)
        var bits = 0
        try TestMedia.noise(160, 96, count: 250) { picture in
            try encoder.encode(picture, key: picture?.pointee.pts == 0) { bits += Int($0.pointee.size) * 8 }
        }
        // libsvtav1 holds its limit less well.
        let allowed = (Int(rung.maxrate) * 10 + Int(rung.buffer)) * (kind == .svtAV1 ? 5 : 4) / 4
        #expect(bits <= allowed && bits > allowed / 10, "\(name): \(bits) of \(allowed)")
    }
}
