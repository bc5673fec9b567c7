import CAV
import Glibc
import Testing

@testable import TranscodeCore

/// Sound made for the tests: 50 ms of a tone at each full second, and the times of such tones in what came out.
enum Sound {
    struct Unit: Sendable {
        var bytes: [UInt8]
        /// Milliseconds.
        var pts: Int64
    }

    struct Packet: Sendable {
        var bytes: [UInt8]
        var time: Int64
        var duration: Int64
    }

    /// A tone at each full second.
    static func beeps(_ seconds: Double) -> Double {
        let part = seconds - Double(Int(seconds))
        return part < 0.05 ? 0.5 * sin(seconds * 1000 * 2 * .pi) : 0
    }

    /// What an encoder of libavcodec makes of it, with times rounded to milliseconds as RTMP has them, from 0 on.
    static func units(
        _ name: String, rate: Int32, channels: Int32, seconds: Double, signal: (Double) -> Double = beeps
    ) throws -> (track: InputTrack, units: [Unit]) {
        let codec = try #require(avcodec_find_encoder_by_name(name))
        let context = try allocated("an encoder", avcodec_alloc_context3(codec))
        defer {
            var gone: UnsafeMutablePointer<AVCodecContext>? = context
            avcodec_free_context(&gone)
        }
        context.pointee.sample_rate = rate
        context.pointee.sample_fmt = codec.pointee.sample_fmts.pointee
        av_channel_layout_default(&context.pointee.ch_layout, channels)
        context.pointee.time_base = AVRational(num: 1, den: rate)
        context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
        try checked(name, avcodec_open2(context, codec, nil))
        let size = context.pointee.frame_size > 0 ? context.pointee.frame_size : 1024
        var packet = av_packet_alloc()
        defer { av_packet_free(&packet) }
        let taken = try #require(packet)
        var units: [Unit] = []
        func receive() {
            while avcodec_receive_packet(context, taken) >= 0 {
                let bytes = [UInt8](UnsafeBufferPointer(start: taken.pointee.data, count: Int(taken.pointee.size)))
                let time = (Double(taken.pointee.pts) * 1000 / Double(rate)).rounded()
                if time >= 0 { units.append(Unit(bytes: bytes, pts: Int64(time))) }
                av_packet_unref(taken)
            }
        }
        var at: Int64 = 0
        while Double(at) < seconds * Double(rate) {
            var made = av_frame_alloc()
            defer { av_frame_free(&made) }
            let frame = try #require(made)
            frame.pointee.format = context.pointee.sample_fmt.rawValue
            frame.pointee.sample_rate = rate
            frame.pointee.nb_samples = size
            av_channel_layout_copy(&frame.pointee.ch_layout, &context.pointee.ch_layout)
            try checked("a block", av_frame_get_buffer(frame, 0))
            av_samples_set_silence(frame.pointee.extended_data, 0, size, channels, context.pointee.sample_fmt)
            let end = Int64(size)
            var index: Int64 = 0
            while index < end {
                let value = signal(Double(at + index) / Double(rate))
                if value != 0 { for channel in 0..<Int(channels) { set(frame, channel, Int(index), Int(channels), value) } }
                index += 1
            }
            frame.pointee.pts = at
            at += Int64(size)
            try checked("a block for \(name)", avcodec_send_frame(context, frame))
            receive()
        }
        _ = avcodec_send_frame(context, nil)
        receive()
        var track = InputTrack(codec: codec.pointee.id, timescale: 1000, configuration: [])
        if let data = context.pointee.extradata {
            track.configuration = [UInt8](UnsafeBufferPointer(start: data, count: Int(context.pointee.extradata_size)))
        }
        track.sampleRate = rate
        track.channels = channels
        return (track, units)
    }

    private static func set(
        _ frame: UnsafeMutablePointer<AVFrame>, _ channel: Int, _ index: Int, _ channels: Int, _ value: Double
    ) {
        let format = AVSampleFormat(rawValue: frame.pointee.format)
        let isPlanar = av_sample_fmt_is_planar(format) != 0
        let at = isPlanar ? index : index * channels + channel
        guard let plane = frame.pointee.extended_data[isPlanar ? channel : 0] else { return }
        let raw = UnsafeMutableRawPointer(plane)
        switch format {
        case AV_SAMPLE_FMT_FLT, AV_SAMPLE_FMT_FLTP: raw.storeBytes(of: Float(value), toByteOffset: at * 4, as: Float.self)
        case AV_SAMPLE_FMT_S16, AV_SAMPLE_FMT_S16P: raw.storeBytes(of: Int16(value * 32000), toByteOffset: at * 2, as: Int16.self)
        default: raw.storeBytes(of: Int32(value * 2_000_000_000), toByteOffset: at * 4, as: Int32.self)
        }
    }

    static func feed(_ engine: AudioEngine, _ units: [Unit], _ packets: inout [Packet]) throws {
        for unit in units {
            try unit.bytes.withUnsafeBytes {
                try engine.feed($0, pts: unit.pts, dts: unit.pts) {
                    packets.append(Packet(bytes: [UInt8]($0), time: $1, duration: $2))
                }
            }
        }
    }

    static func drain(_ engine: AudioEngine, _ packets: inout [Packet]) throws {
        try engine.drain { packets.append(Packet(bytes: [UInt8]($0), time: $1, duration: $2)) }
    }

    /// What a player hears.
    static func hear(_ packets: [Packet], _ target: AudioTarget, _ configuration: [UInt8]) throws -> Ear {
        let ear = try Ear(target, configuration)
        for packet in packets {
            try packet.bytes.withUnsafeBytes { try ear.hear($0, packet.time) }
        }
        return ear
    }

    /// Whether each packet begins where the one before ends.
    static func isContinuous(_ packets: [Packet]) -> Bool {
        zip(packets, packets.dropFirst()).allSatisfy { $0.time + $0.duration == $1.time }
    }

    static let aac = AudioTarget(codec: .aac, sampleRate: 48000, channels: 2, bitrate: 128_000)
    static let opus = AudioTarget(codec: .opus, sampleRate: 48000, channels: 2, bitrate: 96_000)
}
