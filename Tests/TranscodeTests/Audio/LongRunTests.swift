import CAV
import Glibc
import Testing

@testable import TranscodeCore

/// Minutes of work, therefore only when they are asked for: `SLUICE_LONG_TESTS=1 swift test --filter LongRunTests`.
@Suite(.serialized, .enabled(if: getenv("SLUICE_LONG_TESTS") != nil, "SLUICE_LONG_TESTS=1 runs them"))
struct LongRunTests {
    /// 16 s of black at 5 pictures a second, white at each full second: Annex B, and whether it is a key frame.
    private static func flashes() throws -> [(bytes: [UInt8], isKey: Bool)] {
        let codec = try #require(avcodec_find_encoder_by_name("libx264"))
        var made: UnsafeMutablePointer<AVCodecContext>? = try allocated("an encoder", avcodec_alloc_context3(codec))
        defer { avcodec_free_context(&made) }
        let context = try #require(made)
        (context.pointee.width, context.pointee.height) = (64, 64)
        context.pointee.pix_fmt = AV_PIX_FMT_YUV420P
        context.pointee.time_base = AVRational(num: 1, den: 5)
        context.pointee.gop_size = 80
        context.pointee.max_b_frames = 0
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        av_dict_set(&options, "preset", "ultrafast", 0)
        av_dict_set(&options, "tune", "zerolatency", 0)
        try checked("libx264", avcodec_open2(context, codec, &options))
        var units: [(bytes: [UInt8], isKey: Bool)] = []
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        let taken = try #require(packet)
        for number in 0..<80 {
            let frame = try ThumbnailerTests.picture(64, 64)
            if let luma = frame.pointer.pointee.data.0 {
                memset(luma, number % 5 == 0 ? 230 : 20, 64 * Int(frame.pointer.pointee.linesize.0))
            }
            frame.pointer.pointee.pts = Int64(number)
            try withExtendedLifetime(frame) { _ = try checked("a picture", avcodec_send_frame(context, frame.pointer)) }
            while avcodec_receive_packet(context, taken) >= 0 {
                let bytes = [UInt8](UnsafeBufferPointer(start: taken.pointee.data, count: Int(taken.pointee.size)))
                units.append((bytes, taken.pointee.flags & AV_PKT_FLAG_KEY != 0))
                av_packet_unref(taken)
            }
        }
        try #require(units.count == 80)
        return units
    }

    /// Notes when pictures become white.
    private final class Eye {
        var onsets: [Double] = []
        private var isWhite = false
        private let decoder: Decoder

        init(_ configuration: [UInt8]) throws {
            let track = InputTrack(codec: AV_CODEC_ID_H264, timescale: 1000, configuration: configuration)
            decoder = try Decoder(track, threads: 1, delay: true)
        }

        func see(_ packet: UnsafePointer<AVPacket>) throws {
            let bytes = UnsafeRawBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size))
            try decoder.decode(bytes, pts: packet.pointee.pts, dts: packet.pointee.dts, key: true) { frame in
                let white = (frame.pointee.data.0?[0] ?? 0) > 120
                if white, !isWhite { onsets.append(Double(frame.pointee.pts)) }
                isWhite = white
            }
        }
    }

    /// One hour of flash and beep in H.264 and AAC with times in whole milliseconds; the clock of the sound is so much slower.
    @Test(arguments: [1.0, 1.0001]) func anHourStaysTogether(_ factor: Double) throws {
        let seconds: Int64 = 3600
        let sound = try Sound.units("aac", rate: 48000, channels: 1, seconds: 25)
        // From 8 s on, 375 blocks of 1024: 16 s are 750 of them, and the signal is the same after each second.
        let first = try #require(sound.units.firstIndex { $0.pts >= 8000 })
        let loop = Array(sound.units[first..<first + 750])
        let pictures = try Self.flashes()
        let rung = Rung(label: "a", width: 32, height: 32, bitrate: 50_000, options: ["preset": "ultrafast"])
        let ladder = try LadderEngine(
            InputTrack(codec: AV_CODEC_ID_H264, timescale: 1000, configuration: []), rungs: [rung],
            rate: AVRational(num: 5, den: 1), longestKeyInterval: 4000, threads: 1)
        let target = AudioTarget(codec: .aac, sampleRate: 48000, channels: 1, bitrate: 64000)
        let engine = try AudioEngine(sound.track, target)
        let ear = try Ear(target, engine.configuration)
        let context = ladder.encoders[0].context
        let eye = try Eye(
            [UInt8](UnsafeBufferPointer(start: context.pointee.extradata, count: Int(context.pointee.extradata_size))))
        var next: Int64?
        var holes = 0
        var block: Int64 = 0
        for number in 0..<seconds * 5 {
            let unit = pictures[Int(number % 80)]
            let time = Int64(Double(number * 200) * factor)
            try unit.bytes.withUnsafeBytes {
                try ladder.feed($0, pts: time, dts: time, key: unit.isKey) { try eye.see($1) }
            }
            while block * 1024 < (number + 1) * 9600 {
                let pts = Int64((Double(block * 1024) * factor / 48).rounded())
                try loop[Int(block % 750)].bytes.withUnsafeBytes {
                    try engine.feed($0, pts: pts, dts: pts) { bytes, time, duration in
                        if let next, next != time { holes += 1 }
                        next = time + duration
                        try ear.hear(bytes, time)
                    }
                }
                block += 1
            }
        }
        try ladder.drain { try eye.see($1) }
        try engine.drain { bytes, time, _ in try ear.hear(bytes, time) }
        let offsets = eye.onsets.compactMap { flash in
            ear.onsets.binary(near: flash).map { (at: flash, offset: $0 - flash) }
        }
        let early = offsets.filter { $0.at < 60_000 }.map(\.offset), late = offsets.filter { $0.at > 3_540_000 }.map(\.offset)
        let worst = offsets.map { abs($0.offset) }.max() ?? .infinity
        let drift = late.reduce(0, +) / Double(max(1, late.count)) - early.reduce(0, +) / Double(max(1, early.count))
        print(
            "an hour, clock x \(factor): \(offsets.count) beats, beep after flash at most \(worst) ms, "
                + "last minute less first \(drift) ms, holes \(holes)")
        #expect(offsets.count >= 3595 && worst <= 20 && abs(drift) < 6 && holes == 0)
    }

    @Test func memoryIsTheSameAfterAThousandEngines() throws {
        let source = try Sound.units("aac", rate: 48000, channels: 2, seconds: 1)
        let pictures = try Self.flashes()
        var target = Sound.aac
        target.loudness = -23
        let rung = Rung(label: "a", width: 32, height: 32, bitrate: 50_000, options: ["preset": "ultrafast"])
        var resident: [Int: Int] = [:]
        for number in 1...1000 {
            let engine = try AudioEngine(source.track, target, fills: true)
            var packets: [Sound.Packet] = []
            try Sound.feed(engine, source.units, &packets)
            // Every second one is left as it is, the others are drained.
            if number % 2 == 0 { try Sound.drain(engine, &packets) }
            let ladder = try LadderEngine(
                InputTrack(codec: AV_CODEC_ID_H264, timescale: 1000, configuration: []), rungs: [rung],
                rate: AVRational(num: 5, den: 1), longestKeyInterval: 4000, threads: 1)
            for (place, unit) in pictures.prefix(10).enumerated() {
                let time = Int64(place) * 200
                try unit.bytes.withUnsafeBytes { try ladder.feed($0, pts: time, dts: time, key: unit.isKey) { _, _ in } }
            }
            if number % 2 == 0 { try ladder.drain { _, _ in } }
            let picture = try ThumbnailerTests.picture(320, 180)
            let still = try withExtendedLifetime(picture) { try Still.jpeg(picture.pointer, width: 160, quality: 75) }
            try #require(!packets.isEmpty && !still.isEmpty)
            if number % 100 == 0 { resident[number] = Self.resident() }
        }
        print("resident kB after 100, 200 … 1000: \(stride(from: 100, through: 1000, by: 100).map { resident[$0] ?? 0 })")
        #expect((resident[1000] ?? .max) - (resident[100] ?? 0) < 4096)
    }

    /// kB.
    private static func resident() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var text = [CChar](repeating: 0, count: 128)
        guard fgets(&text, 128, file) != nil else { return 0 }
        let words = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(separator: " ")
        return words.count > 1 ? (Int(words[1]) ?? 0) * 4 : 0
    }
}

extension [Double] {
    /// The one that is no more than half a second away, of numbers in order.
    fileprivate func binary(near wanted: Double) -> Double? {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < wanted { low = middle + 1 } else { high = middle }
        }
        let near = [low - 1, low].filter { indices.contains($0) }.map { self[$0] }.min { abs($0 - wanted) < abs($1 - wanted) }
        return near.flatMap { abs($0 - wanted) < 500 ? $0 : nil }
    }
}
