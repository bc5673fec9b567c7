import CAV

/// One rung's encoder.
public final class VideoEncoder {
    let context: UnsafeMutablePointer<AVCodecContext>
    private let packet: Owned<AVPacket>
    /// Its name in libavcodec.
    public let name: String

    /// The first of the rung's encoders that can be opened; else what each of them said.
    init(_ rung: Rung, timescale: UInt32, rate: AVRational, threads: Int32) throws {
        packet = Owned(try allocated("a packet", av_packet_alloc())) { pointer in
            var packet: UnsafeMutablePointer<AVPacket>? = pointer
            av_packet_free(&packet)
        }
        var refused: [String] = []
        for name in rung.encoders {
            guard let codec = avcodec_find_encoder_by_name(name) else {
                refused.append("\(name) is not in this libavcodec")
                continue
            }
            do {
                context = try Self.opened(codec, name, rung, timescale, rate, threads)
                self.name = name
                return
            } catch {
                refused.append("\(error)")
            }
        }
        throw NoEncoder(reasons: refused)
    }

    /// None of a rung's encoders can be had.
    struct NoEncoder: Error, CustomStringConvertible {
        let reasons: [String]
        var description: String { "no encoder: " + reasons.joined(separator: "; ") }
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&context)
    }

    /// Parameter sets in Annex B.
    public var configuration: [UInt8] {
        guard let data = context.pointee.extradata, context.pointee.extradata_size > 0 else { return [] }
        return [UInt8](UnsafeBufferPointer(start: data, count: Int(context.pointee.extradata_size)))
    }

    private static func opened(
        _ codec: UnsafePointer<AVCodec>, _ name: String, _ rung: Rung, _ timescale: UInt32, _ rate: AVRational, _ threads: Int32
    ) throws(AVFailure) -> UnsafeMutablePointer<AVCodecContext> {
        let context = try allocated("an encoder", avcodec_alloc_context3(codec))
        context.pointee.width = rung.width
        context.pointee.height = rung.height
        context.pointee.pix_fmt = AV_PIX_FMT_YUV420P
        context.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
        context.pointee.time_base = AVRational(num: 1, den: Int32(clamping: timescale))
        context.pointee.framerate = rate
        context.pointee.bit_rate = rung.bitrate
        context.pointee.rc_max_rate = rung.maxrate
        context.pointee.rc_buffer_size = Int32(clamping: rung.buffer)
        // Key frames come where the plan says and nowhere else.
        context.pointee.gop_size = 9999
        context.pointee.keyint_min = 1
        context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER | av_closed_gop
        context.pointee.thread_count = threads
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        let all = rung.options.merging(["forced-idr": "1", "sc_threshold": "0"]) { said, _ in said }
        for (key, value) in all { av_dict_set(&options, key, value, 0) }
        let result = avcodec_open2(context, codec, &options)
        guard result >= 0 else {
            var gone: UnsafeMutablePointer<AVCodecContext>? = context
            avcodec_free_context(&gone)
            throw AVFailure(code: result, task: "\(name) at \(rung.width)x\(rung.height)")
        }
        return context
    }

    /// Encodes a picture, `nil` at the end.
    func encode(_ picture: UnsafeMutablePointer<AVFrame>?, key: Bool, _ taken: (UnsafePointer<AVPacket>) throws -> Void) throws {
        if let picture {
            picture.pointee.pict_type = key ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE
            picture.pointee.key_frame = key ? 1 : 0
        }
        let packet = packet.pointer
        try checked("a picture for \(name)", avcodec_send_frame(context, picture))
        while true {
            let result = avcodec_receive_packet(context, packet)
            if result == av_again || result == av_end_of_file { return }
            try checked("a packet of \(name)", result)
            defer { av_packet_unref(packet) }
            try taken(packet)
        }
    }
}
