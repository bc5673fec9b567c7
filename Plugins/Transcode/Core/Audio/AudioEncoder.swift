import CAV

/// Blocks of sound in, packets out, with times in samples: those of the sound that a decoder hands out for them.
final class AudioEncoder {
    let context: UnsafeMutablePointer<AVCodecContext>
    private let packet: Owned<AVPacket>
    /// Samples of each block; the last one may have fewer.
    var blockSize: Int32 { context.pointee.frame_size }

    init(_ target: AudioTarget) throws(AVFailure) {
        let name = target.codec.encoder
        guard let codec = avcodec_find_encoder_by_name(name) else {
            throw AVFailure(code: av_invalid_data, task: "\(name) is not in this libavcodec")
        }
        packet = Owned(try allocated("a packet", av_packet_alloc())) { pointer in
            var packet: UnsafeMutablePointer<AVPacket>? = pointer
            av_packet_free(&packet)
        }
        let context = try allocated("an encoder", avcodec_alloc_context3(codec))
        context.pointee.sample_rate = target.sampleRate
        context.pointee.sample_fmt = target.codec.format
        av_channel_layout_default(&context.pointee.ch_layout, target.channels)
        context.pointee.bit_rate = target.bitrate
        context.pointee.time_base = AVRational(num: 1, den: target.sampleRate)
        context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER
        context.pointee.thread_count = 1
        let result = avcodec_open2(context, codec, nil)
        guard result >= 0, context.pointee.frame_size > 0 else {
            var gone: UnsafeMutablePointer<AVCodecContext>? = context
            avcodec_free_context(&gone)
            throw AVFailure(code: result < 0 ? result : av_invalid_data, task: "\(name) at \(target.sampleRate) Hz")
        }
        self.context = context
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&context)
    }

    /// AudioSpecificConfig, OpusHead with its magic.
    var configuration: [UInt8] {
        guard let data = context.pointee.extradata, context.pointee.extradata_size > 0 else { return [] }
        return [UInt8](UnsafeBufferPointer(start: data, count: Int(context.pointee.extradata_size)))
    }

    /// Encodes a block whose time is the count of samples before it, `nil` at the end.
    func encode(_ block: UnsafeMutablePointer<AVFrame>?, _ taken: (UnsafePointer<AVPacket>) throws -> Void) throws {
        let packet = packet.pointer
        try checked("sound for the encoder", avcodec_send_frame(context, block))
        while true {
            let result = avcodec_receive_packet(context, packet)
            if result == av_again || result == av_end_of_file { return }
            try checked("a packet of sound", result)
            defer { av_packet_unref(packet) }
            try taken(packet)
        }
    }
}
