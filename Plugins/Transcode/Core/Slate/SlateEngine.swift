import CAV

/// One picture, again and again, for as long as there is sound: H.264 with a key frame every two seconds.
///
/// Not for several threads at a time. Memory: the picture and what the encoder keeps inside.
public final class SlateEngine {
    /// What comes out: bytes as streams carry them, the time in ticks of `timescale`, and whether it is a key frame.
    public typealias Receiver = (_ bytes: [UInt8], _ time: Int64, _ isKey: Bool) throws -> Void

    public static let timescale: UInt32 = 90_000
    public static let bitrate: Int64 = 200_000
    /// No more than this is made up at once; a step beyond begins anew.
    private static let longest: Int64 = 10 * 90_000

    public let settings: SlateSettings
    private let encoder: VideoEncoder
    private let picture: Owned<AVFrame>
    /// The time of picture 0, and the number of the next.
    private var begin: Int64 = 0
    private var next: Int64?

    /// - Parameter png: `nil`: black.
    public init(_ settings: SlateSettings, png: OverlayPicture?) throws {
        self.settings = settings
        let rung = Rung(
            label: "slate", width: settings.width, height: settings.height, bitrate: Self.bitrate, zeroLatency: true)
        encoder = try VideoEncoder.first(
            rung, timescale: Self.timescale, rate: AVRational(num: settings.rate, den: 1), threads: 1)
        picture = try png.map { try Self.fitted($0, settings) } ?? Self.black(settings)
    }

    /// avcC.
    public var record: [UInt8] { encoder.record }

    /// The sound has come to this time.
    public func sound(at time: Int64, timescale: UInt32, _ receiver: Receiver) throws {
        let now = av_rescale(time, Int64(Self.timescale), Int64(max(1, timescale)))
        guard now > -(1 << 56), now < 1 << 56 else { return }
        let reached = next.map { begin + $0 * Int64(Self.timescale) / Int64(settings.rate) }
        if reached.map({ abs(now - $0) > Self.longest }) ?? true {
            begin = now
            next = 0
        }
        while let number = next {
            let at = begin + number * Int64(Self.timescale) / Int64(settings.rate)
            guard at <= now else { return }
            picture.pointer.pointee.pts = at
            try encoder.encode(picture.pointer, key: number % (2 * Int64(settings.rate)) == 0) { packet in
                let isKey = packet.pointee.flags & AV_PKT_FLAG_KEY != 0
                try receiver(encoder.payload(packet), packet.pointee.pts, isKey)
            }
            next = number + 1
        }
    }

    private static func black(_ settings: SlateSettings) throws(AVFailure) -> Owned<AVFrame> {
        let frame = try empty()
        frame.pointer.pointee.format = AV_PIX_FMT_YUV420P.rawValue
        frame.pointer.pointee.width = settings.width
        frame.pointer.pointee.height = settings.height
        try checked("a picture", av_frame_get_buffer(frame.pointer, 0))
        for (plane, value) in [(0, UInt8(16)), (1, 128), (2, 128)] {
            let buffer = [frame.pointer.pointee.buf.0, frame.pointer.pointee.buf.1, frame.pointer.pointee.buf.2][plane]
            if let buffer { buffer.pointee.data.update(repeating: value, count: Int(buffer.pointee.size)) }
        }
        return frame
    }

    /// A PNG in its shape, with black around it.
    private static func fitted(_ png: OverlayPicture, _ settings: SlateSettings) throws(AVFailure) -> Owned<AVFrame> {
        let graph = Owned(try allocated("a filter graph", avfilter_graph_alloc())) { pointer in
            var graph: UnsafeMutablePointer<AVFilterGraph>? = pointer
            avfilter_graph_free(&graph)
        }
        defer { withExtendedLifetime(graph) {} }
        let size = "\(settings.width):\(settings.height)"
        let text =
            "buffer@in=video_size=\(png.width)x\(png.height):pix_fmt=\(png.format):time_base=1/1000:pixel_aspect=1/1,"
            + "scale=\(size):force_original_aspect_ratio=decrease,pad=\(size):(ow-iw)/2:(oh-ih)/2:black,setsar=1,"
            + "format=yuv420p,buffersink@out"
        var inputs: UnsafeMutablePointer<AVFilterInOut>?
        var outputs: UnsafeMutablePointer<AVFilterInOut>?
        try checked("the filters \(text)", avfilter_graph_parse2(graph.pointer, text, &inputs, &outputs))
        avfilter_inout_free(&inputs)
        avfilter_inout_free(&outputs)
        try checked("the filters \(text)", avfilter_graph_config(graph.pointer, nil))
        try png.give(to: try allocated("the filters' input", avfilter_graph_get_filter(graph.pointer, "buffer@in")))
        let sink = try allocated("the filters' output", avfilter_graph_get_filter(graph.pointer, "buffersink@out"))
        let frame = try empty()
        try checked("the slate's picture", av_buffersink_get_frame(sink, frame.pointer))
        return frame
    }

    private static func empty() throws(AVFailure) -> Owned<AVFrame> {
        Owned(try allocated("a frame", av_frame_alloc())) { pointer in
            var frame: UnsafeMutablePointer<AVFrame>? = pointer
            av_frame_free(&frame)
        }
    }
}
