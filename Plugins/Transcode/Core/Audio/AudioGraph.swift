import CAV

/// Decoded sound in, sound of the target's rate, channels and format out, its loudness measured if that is wanted.
///
/// Times that go in are nanoseconds from the graph's begin. Where they and the count of samples drift apart by more than 5 ms, the sound is
/// stretched by at most 2 %, so that what comes out is continuous.
final class AudioGraph {
    /// What the graph was made for; sound that differs needs another graph.
    struct Source: Equatable {
        var rate: Int32
        var format: Int32
        var layout: String

        init(rate: Int32, format: Int32, layout: String) {
            self.rate = rate
            self.format = format
            self.layout = layout
        }

        /// `nil`: no sound that can be worked with.
        init?(_ frame: UnsafePointer<AVFrame>) {
            rate = frame.pointee.sample_rate
            format = frame.pointee.format
            let channels = frame.pointee.ch_layout.nb_channels
            guard (4000...384_000).contains(rate), (1...16).contains(channels), frame.pointee.nb_samples > 0 else { return nil }
            var text = [CChar](repeating: 0, count: 128)
            withUnsafePointer(to: frame.pointee.ch_layout) { _ = av_channel_layout_describe($0, &text, text.count) }
            layout = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    let source: Source
    private let graph: Owned<AVFilterGraph>
    private let input: UnsafeMutablePointer<AVFilterContext>
    private let sink: UnsafeMutablePointer<AVFilterContext>
    private let frame: Owned<AVFrame>

    init(_ source: Source, _ target: AudioTarget) throws(AVFailure) {
        self.source = source
        frame = Owned(try allocated("a frame", av_frame_alloc())) { pointer in
            var frame: UnsafeMutablePointer<AVFrame>? = pointer
            av_frame_free(&frame)
        }
        graph = Owned(try allocated("a filter graph", avfilter_graph_alloc())) { pointer in
            var graph: UnsafeMutablePointer<AVFilterGraph>? = pointer
            avfilter_graph_free(&graph)
        }
        graph.pointer.pointee.nb_threads = 1
        let wanted =
            "aformat=sample_fmts=\(String(cString: av_get_sample_fmt_name(target.codec.format)))"
            + ":sample_rates=\(target.sampleRate):channel_layouts=\(Self.layout(target.channels))"
        var text =
            "abuffer@in=sample_rate=\(source.rate):sample_fmt=\(source.format):channel_layout=\(source.layout)"
            + ":time_base=1/1000000000,aresample=\(target.sampleRate):async=\(target.sampleRate / 50)"
            + ":min_comp=0.005:min_hard_comp=3600,\(wanted)"
        if target.loudness != nil { text += ",ebur128=metadata=1:framelog=verbose:dualmono=1,\(wanted)" }
        text += ",abuffersink@out"
        var inputs: UnsafeMutablePointer<AVFilterInOut>?
        var outputs: UnsafeMutablePointer<AVFilterInOut>?
        try checked("the filters \(text)", avfilter_graph_parse2(graph.pointer, text, &inputs, &outputs))
        avfilter_inout_free(&inputs)
        avfilter_inout_free(&outputs)
        try checked("the filters \(text)", avfilter_graph_config(graph.pointer, nil))
        input = try allocated("the filters' input", avfilter_graph_get_filter(graph.pointer, "abuffer@in"))
        sink = try allocated("the filters' output", avfilter_graph_get_filter(graph.pointer, "abuffersink@out"))
    }

    /// The usual loudspeakers for so many channels.
    static func layout(_ channels: Int32) -> String { channels == 1 ? "mono" : channels == 6 ? "5.1" : "stereo" }

    /// Takes a block, `nil` at the end; `taken` is called with what comes out, borrowed, its time in samples from the graph's begin.
    func convert(_ block: UnsafeMutablePointer<AVFrame>?, _ taken: (UnsafeMutablePointer<AVFrame>) throws -> Void) throws {
        let flags = Int32(AV_BUFFERSRC_FLAG_KEEP_REF | AV_BUFFERSRC_FLAG_PUSH)
        try checked("sound for the filters", av_buffersrc_add_frame_flags(input, block, flags))
        let base = av_buffersink_get_time_base(sink)
        while true {
            let result = av_buffersink_get_frame(sink, frame.pointer)
            if result == av_again || result == av_end_of_file { return }
            try checked("sound of the filters", result)
            defer { av_frame_unref(frame.pointer) }
            let rate = AVRational(num: 1, den: frame.pointer.pointee.sample_rate)
            frame.pointer.pointee.pts = av_rescale_q(frame.pointer.pointee.pts, base, rate)
            try taken(frame.pointer)
        }
    }

    /// Momentary and short-term loudness that the filters measured up to a block that came out, in LUFS.
    static func loudness(_ block: UnsafePointer<AVFrame>) -> (momentary: Double, shortTerm: Double)? {
        func value(_ key: String) -> Double? {
            guard let entry = av_dict_get(block.pointee.metadata, key, nil, 0) else { return nil }
            return Double(String(cString: entry.pointee.value))
        }
        guard let momentary = value("lavfi.r128.M"), let shortTerm = value("lavfi.r128.S") else { return nil }
        return (momentary, shortTerm)
    }
}
