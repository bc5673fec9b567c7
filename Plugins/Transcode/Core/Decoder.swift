import CAV
import Glibc

/// One track's decoder: access units in, pictures or sound out.
final class Decoder {
    let context: UnsafeMutablePointer<AVCodecContext>
    private let packet: UnsafeMutablePointer<AVPacket>
    private let frame: UnsafeMutablePointer<AVFrame>

    /// - Parameter threads: 1 gives no frame of delay; more decode several slices or pictures at a time.
    init(_ input: InputTrack, threads: Int32, delay: Bool) throws(AVFailure) {
        guard let codec = avcodec_find_decoder(input.codec) else {
            throw AVFailure(code: av_invalid_data, task: "no decoder for \(String(cString: avcodec_get_name(input.codec)))")
        }
        context = try allocated("a decoder", avcodec_alloc_context3(codec))
        packet = try allocated("a packet", av_packet_alloc())
        frame = try allocated("a frame", av_frame_alloc())
        context.pointee.pkt_timebase = AVRational(num: 1, den: Int32(clamping: input.timescale))
        context.pointee.time_base = context.pointee.pkt_timebase
        context.pointee.thread_count = threads
        context.pointee.thread_type = delay ? FF_THREAD_FRAME | FF_THREAD_SLICE : FF_THREAD_SLICE
        if !delay { context.pointee.flags |= AV_CODEC_FLAG_LOW_DELAY }
        context.pointee.max_pixels = Int64(InputTrack.mostPixels)
        context.pointee.sample_rate = input.sampleRate
        if input.channels > 0 { av_channel_layout_default(&context.pointee.ch_layout, input.channels) }
        if !input.configuration.isEmpty {
            let size = input.configuration.count
            let copy = try allocated("\(size) bytes", av_mallocz(size + Int(AV_INPUT_BUFFER_PADDING_SIZE)))
            copy.copyMemory(from: input.configuration, byteCount: size)
            context.pointee.extradata = copy.assumingMemoryBound(to: UInt8.self)
            context.pointee.extradata_size = Int32(size)
        }
        try checked("the decoder", avcodec_open2(context, codec, nil))
    }

    deinit {
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        var packet: UnsafeMutablePointer<AVPacket>? = packet
        var frame: UnsafeMutablePointer<AVFrame>? = frame
        avcodec_free_context(&context)
        av_packet_free(&packet)
        av_frame_free(&frame)
    }

    /// Decodes an access unit; `taken` is called with each frame that comes out, borrowed. A unit that cannot be decoded is passed over.
    func decode(
        _ bytes: UnsafeRawBufferPointer, pts: Int64, dts: Int64, key: Bool,
        _ taken: (UnsafeMutablePointer<AVFrame>) throws -> Void
    ) throws {
        try checked("a packet of \(bytes.count) bytes", av_new_packet(packet, Int32(clamping: bytes.count)))
        defer { av_packet_unref(packet) }
        if let from = bytes.baseAddress { memcpy(packet.pointee.data, from, bytes.count) }
        packet.pointee.pts = pts
        packet.pointee.dts = dts
        packet.pointee.flags = key ? AV_PKT_FLAG_KEY : 0
        if avcodec_send_packet(context, packet) == av_again {
            try receive(taken)
            _ = avcodec_send_packet(context, packet)
        }
        try receive(taken)
    }

    /// What is still inside, at the end.
    func drain(_ taken: (UnsafeMutablePointer<AVFrame>) throws -> Void) throws {
        _ = avcodec_send_packet(context, nil)
        try receive(taken)
    }

    private func receive(_ taken: (UnsafeMutablePointer<AVFrame>) throws -> Void) throws {
        while true {
            guard avcodec_receive_frame(context, frame) >= 0 else { return }
            defer { av_frame_unref(frame) }
            frame.pointee.pts = frame.pointee.best_effort_timestamp
            guard frame.pointee.pts != av_no_pts else { continue }
            try taken(frame)
        }
    }
}
