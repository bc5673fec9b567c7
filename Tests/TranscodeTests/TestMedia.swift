import CAV
import Glibc
import Testing

@testable import TranscodeCore

/// Small streams, made here by the encoders themselves, and what an engine makes of them.
enum TestMedia {
    /// The libraries say nothing.
    static let quiet: Void = {
        av_log_set_level(AV_LOG_QUIET)
        setenv("SVT_LOG", "-1", 1)
    }()

    /// An access unit, and its time.
    struct Unit: Sendable {
        var bytes: [UInt8]
        var pts: Int64
        var dts: Int64
        var isKey: Bool
    }

    /// Moving stripes, encoded here: a key frame where `keys` says, with B-frames between in H.264.
    static func source(
        _ width: Int32, _ height: Int32, times: [Int64], keys: Set<Int64>, encoder name: String = "libx264",
        options: [String: String] = ["bf": "2"], grey: Int32? = nil
    ) throws -> [Unit] {
        _ = quiet
        let rung = Rung(
            label: "source", width: width, height: height, encoders: [name], bitrate: 500_000, preset: "ultrafast",
            options: options)
        let encoder = try VideoEncoder.first(rung, timescale: 1000, rate: AVRational(num: 25, den: 1), threads: 1)
        var units: [Unit] = []
        func take(_ packet: UnsafeMutablePointer<AVPacket>) {
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
                    memset(
                        data + row * Int(strides[plane]),
                        grey.map { plane == 0 ? $0 : 128 } ?? Int32((row * 3 + number * 5) % 200 + 20), Int(strides[plane]))
                }
            }
            picture.pointee.pts = time
            picture.pointee.interlaced_frame = options["flags"] == nil ? 0 : 1
            picture.pointee.top_field_first = 1
            try encoder.encode(picture, key: keys.contains(time), take)
            av_frame_unref(picture)
        }
        try encoder.encode(nil, key: false, take)
        return units
    }

    /// What comes out of each rung.
    struct Result {
        var times: [[Int64]] = [[], [], []]
        var keys: [[Int64]] = [[], [], []]
        var decoding: [[Int64]] = [[], [], []]
        var streams: [[UInt8]] = [[], [], []]
    }

    static let rungs = [
        Rung(label: "a", width: 160, height: 90, bitrate: 200_000, preset: "ultrafast"),
        Rung(label: "b", width: 96, height: 54, bitrate: 100_000, preset: "ultrafast"),
    ]

    static func engine(
        longest: Int64 = 4000, delay: Bool = true, rungs: [Rung] = rungs, treatment: PictureTreatment = PictureTreatment(),
        codec: AVCodecID = AV_CODEC_ID_H264
    ) throws -> LadderEngine {
        try LadderEngine(
            InputTrack(codec: codec, timescale: 1000, configuration: []), rungs: rungs,
            rate: AVRational(num: 25, den: 1), longestKeyInterval: longest, delay: delay, treatment: treatment)
    }

    /// All that comes out of an engine that is fed such units, to the end.
    static func run(_ engine: LadderEngine, _ units: [Unit]) throws -> Result {
        var result = Result()
        try feed(engine, units, &result)
        try engine.drain { note($0, $1, engine, &result) }
        return result
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

    /// The size of each picture of an Annex B stream, by libavcodec's own parser and decoder.
    static func sizes(_ stream: [UInt8]) throws -> [[Int32]] {
        var sizes: [[Int32]] = []
        try pictures(stream) { sizes.append([$0.pointee.width, $0.pointee.height]) }
        return sizes
    }

    /// Each picture of an Annex B stream.
    static func pictures(
        _ stream: [UInt8], _ codec: AVCodecID = AV_CODEC_ID_H264, _ taken: (UnsafeMutablePointer<AVFrame>) -> Void
    ) throws {
        let decoder = try Decoder(
            InputTrack(codec: codec, timescale: 1000, configuration: []), threads: 1, delay: true)
        let parser = try #require(av_parser_init(Int32(codec.rawValue)))
        defer { av_parser_close(parser) }
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
                    try decoder.decode(bytes, pts: number, dts: number, key: false) { taken($0) }
                }
                if left == 0 { break }
            }
        }
        try decoder.drain { taken($0) }
    }

    /// Pictures that no encoder can foretell, 40 ms apart, and the end.
    static func noise(_ width: Int32, _ height: Int32, count: Int, _ taken: (UnsafeMutablePointer<AVFrame>?) throws -> Void)
        throws
    {
        var frame = av_frame_alloc()
        defer { av_frame_free(&frame) }
        let picture = try #require(frame)
        var seed: UInt64 = 0x9E37_79B9
        for number in 0..<count {
            picture.pointee.format = AV_PIX_FMT_YUV420P.rawValue
            picture.pointee.width = width
            picture.pointee.height = height
            try checked("a picture", av_frame_get_buffer(picture, 0))
            for (plane, data) in [picture.pointee.data.0, picture.pointee.data.1, picture.pointee.data.2].enumerated() {
                let data = try #require(data)
                let strides = [picture.pointee.linesize.0, picture.pointee.linesize.1, picture.pointee.linesize.2]
                for place in 0..<Int(strides[plane]) * Int(plane == 0 ? height : height / 2) {
                    seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                    data[place] = UInt8(truncatingIfNeeded: seed >> 56)
                }
            }
            picture.pointee.pts = Int64(number) * 40
            try taken(picture)
            av_frame_unref(picture)
        }
        try taken(nil)
    }

    /// A PNG of one colour, opaque.
    static func png(_ width: Int32, _ height: Int32, grey: Int32) throws -> [UInt8] {
        _ = quiet
        let codec = try #require(avcodec_find_encoder(AV_CODEC_ID_PNG))
        var context: UnsafeMutablePointer<AVCodecContext>? = avcodec_alloc_context3(codec)
        var frame = av_frame_alloc()
        var packet = av_packet_alloc()
        defer {
            avcodec_free_context(&context)
            av_frame_free(&frame)
            av_packet_free(&packet)
        }
        let (encoder, picture, made) = (try #require(context), try #require(frame), try #require(packet))
        encoder.pointee.width = width
        encoder.pointee.height = height
        encoder.pointee.pix_fmt = AV_PIX_FMT_RGBA
        encoder.pointee.time_base = AVRational(num: 1, den: 25)
        try checked("a PNG encoder", avcodec_open2(encoder, codec, nil))
        picture.pointee.format = AV_PIX_FMT_RGBA.rawValue
        picture.pointee.width = width
        picture.pointee.height = height
        try checked("a picture", av_frame_get_buffer(picture, 0))
        memset(try #require(picture.pointee.data.0), grey, Int(picture.pointee.linesize.0) * Int(height))
        try checked("a picture", avcodec_send_frame(encoder, picture))
        try checked("a PNG", avcodec_receive_packet(encoder, made))
        return [UInt8](UnsafeBufferPointer(start: made.pointee.data, count: Int(made.pointee.size)))
    }

    static func isThere(_ path: String) -> Bool { access(path, R_OK) == 0 }
}
