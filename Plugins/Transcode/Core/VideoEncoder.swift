import CAV
import Formats

/// One rung's encoder.
public final class VideoEncoder {
    let context: UnsafeMutablePointer<AVCodecContext>
    private let packet: Owned<AVPacket>
    private let upload: VAAPIFrames?
    public let kind: EncoderKind
    /// Those before it in the rung's order, and why they are not used.
    public private(set) var passedOver: [String] = []
    /// What a player has to know: avcC, hvcC, av1C.
    public private(set) var record: [UInt8] = []
    private var hasPictures = false
    private var isEmpty = false

    /// Its name in libavcodec.
    public var name: String { kind.rawValue }

    /// The first of the rung's encoders that can be opened; else what each of them said.
    static func first(_ rung: Rung, timescale: UInt32, rate: AVRational, threads: Int32) throws -> VideoEncoder {
        var refused: [String] = []
        for name in rung.encoders {
            guard let kind = EncoderKind(rawValue: name) else {
                refused.append("\(name) is not known")
                continue
            }
            if let reason = EncoderProbe.reason(kind) {
                refused.append(reason)
                continue
            }
            do {
                let encoder = try VideoEncoder(opening: kind, rung, timescale: timescale, rate: rate, threads: threads)
                encoder.passedOver = refused
                return encoder
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

    /// An encoder as it is to be, or why there is none.
    init(opening kind: EncoderKind, _ rung: Rung, timescale: UInt32, rate: AVRational, threads: Int32) throws {
        self.kind = kind
        packet = Owned(try allocated("a packet", av_packet_alloc())) { pointer in
            var packet: UnsafeMutablePointer<AVPacket>? = pointer
            av_packet_free(&packet)
        }
        upload = kind.isVAAPI ? try VAAPIFrames(width: rung.width, height: rung.height) : nil
        context = try Self.opened(kind, rung, timescale, rate, threads, frames: upload?.frames)
        record = try Self.record(of: configuration, kind)
    }

    deinit {
        if kind == .svtAV1 { emptied() }
        var context: UnsafeMutablePointer<AVCodecContext>? = context
        avcodec_free_context(&context)
    }

    /// Parameter sets as the encoder gives them: in Annex B, or as OBUs.
    var configuration: [UInt8] {
        guard let data = context.pointee.extradata, context.pointee.extradata_size > 0 else { return [] }
        return [UInt8](UnsafeBufferPointer(start: data, count: Int(context.pointee.extradata_size)))
    }

    /// libsvtav1 1.4 can only be closed once it was told of the end, and can only be told of it after a picture; else it waits for ever.
    private func emptied() {
        if !hasPictures, let made = av_frame_alloc() {
            var frame: UnsafeMutablePointer<AVFrame>? = made
            made.pointee.format = context.pointee.pix_fmt.rawValue
            made.pointee.width = context.pointee.width
            made.pointee.height = context.pointee.height
            made.pointee.pts = 0
            if av_frame_get_buffer(made, 0) >= 0 { try? encode(made, key: true) { _ in } }
            av_frame_free(&frame)
        }
        try? encode(nil, key: false) { _ in }
    }

    private static func opened(
        _ kind: EncoderKind, _ rung: Rung, _ timescale: UInt32, _ rate: AVRational, _ threads: Int32,
        frames: UnsafeMutablePointer<AVBufferRef>?
    ) throws(AVFailure) -> UnsafeMutablePointer<AVCodecContext> {
        let name = kind.rawValue
        guard let codec = avcodec_find_encoder_by_name(name) else {
            throw AVFailure(code: av_invalid_data, task: "\(name) is not in this libavcodec")
        }
        let context = try allocated("an encoder", avcodec_alloc_context3(codec))
        context.pointee.width = rung.width
        context.pointee.height = rung.height
        context.pointee.pix_fmt = kind.isVAAPI ? AV_PIX_FMT_VAAPI : AV_PIX_FMT_YUV420P
        context.pointee.hw_frames_ctx = frames.flatMap { av_buffer_ref($0) }
        context.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
        context.pointee.time_base = AVRational(num: 1, den: Int32(clamping: timescale))
        context.pointee.framerate = Self.rate(rung, rate)
        if kind != .svtAV1 {
            context.pointee.bit_rate = rung.bitrate
            context.pointee.rc_max_rate = rung.maxrate
            context.pointee.rc_buffer_size = Int32(clamping: rung.buffer)
        }
        // Key frames come where the plan says and nowhere else.
        context.pointee.gop_size = 9999
        context.pointee.keyint_min = 1
        if rung.zeroLatency { context.pointee.max_b_frames = 0 }
        context.pointee.flags |= AV_CODEC_FLAG_GLOBAL_HEADER | av_closed_gop
        context.pointee.thread_count = threads
        let shown = context.pointee.framerate
        let level = H264Level.lowest(
            width: Int(rung.width), height: Int(rung.height), rateMilli: Int(shown.num) * 1000 / Int(max(1, shown.den)),
            maxrate: rung.maxrate, buffer: rung.buffer, profile: rung.profile)
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        let all = kind.options(rung, level: level, threads: threads).merging(rung.options) { _, said in said }
        for (key, value) in all { av_dict_set(&options, key, value, 0) }
        let result = avcodec_open2(context, codec, &options)
        if kind == .svtAV1 { RealTime.end() }
        guard result >= 0 else {
            var gone: UnsafeMutablePointer<AVCodecContext>? = context
            avcodec_free_context(&gone)
            throw AVFailure(code: result, task: "\(name) at \(rung.width)x\(rung.height)")
        }
        return context
    }

    /// The source's rate, or the rung's where that is lower.
    private static func rate(_ rung: Rung, _ source: AVRational) -> AVRational {
        guard rung.frameRateMilli > 0, Int(source.num) * 1000 > Int(rung.frameRateMilli) * Int(source.den) else { return source }
        return AVRational(num: Int32(clamping: rung.frameRateMilli), den: 1000)
    }

    /// The record of an encoder's parameter sets.
    private static func record(of sets: [UInt8], _ kind: EncoderKind) throws -> [UInt8] {
        switch kind.codec {
        case .h264:
            if let record = AVCConfiguration(parameterSets: AnnexB.units(in: sets.span.bytes)) { return record.serialized }
        case .hevc:
            if let record = HEVCConfiguration(parameterSets: AnnexB.units(in: sets.span.bytes)) { return record.serialized }
        case .av1:
            if let record = try? AV1Configuration(parsing: sets) { return record.serialized }
            if let range = try? AV1TemporalUnit.inspect(sets.span.bytes).sequenceHeader,
                let record = AV1Configuration(sequenceHeader: Array(sets[range]))
            {
                return record.serialized
            }
        }
        throw AVFailure(code: av_invalid_data, task: "\(kind.rawValue) gives no parameter sets ahead of its pictures")
    }

    /// A packet's bytes as streams carry them: NAL units with their lengths, OBUs with their sizes.
    public func payload(_ packet: UnsafePointer<AVPacket>) -> [UInt8] {
        let bytes = UnsafeRawBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size))
        switch kind.codec {
        case .h264, .hevc: return AnnexB.lengthPrefixed(bytes.bytes)
        case .av1: return (try? AV1TemporalUnit.canonical(bytes.bytes)) ?? []
        }
    }

    /// Encodes a picture, `nil` at the end.
    func encode(_ picture: UnsafeMutablePointer<AVFrame>?, key: Bool, _ taken: (UnsafeMutablePointer<AVPacket>) throws -> Void)
        throws
    {
        // At the end of nothing there is nothing, and libsvtav1 would wait for it for ever.
        guard picture != nil || (hasPictures && !isEmpty) else { return }
        if picture == nil { isEmpty = true } else { hasPictures = true }
        let picture = try picture.map { try upload?.uploaded($0) ?? $0 }
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
