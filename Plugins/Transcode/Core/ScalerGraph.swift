import CAV

/// Pictures of the source in, the pictures of each rung out: each size is scaled once, from the next larger.
final class ScalerGraph {
    /// What the graph was made for; a picture that differs needs another graph.
    struct Source: Equatable {
        var width: Int32
        var height: Int32
        var format: Int32
        var aspect: [Int32]
        /// Such pictures have come.
        var isInterlaced = false

        init(width: Int32, height: Int32, format: Int32, aspect: [Int32] = [1, 1], isInterlaced: Bool = false) {
            self.width = width
            self.height = height
            self.format = format
            self.aspect = aspect
            self.isInterlaced = isInterlaced
        }

        init(_ frame: UnsafePointer<AVFrame>) {
            let ratio = frame.pointee.sample_aspect_ratio
            // A pixel that is more than sixteen times as wide as it is high, or the other way, is nonsense.
            let isRatio = ratio.num > 0 && ratio.den > 0 && ratio.num / 16 <= ratio.den && ratio.den / 16 <= ratio.num
            self.init(
                width: frame.pointee.width, height: frame.pointee.height, format: frame.pointee.format,
                aspect: isRatio ? [ratio.num, ratio.den] : [1, 1])
        }
    }

    let source: Source
    private let timescale: UInt32
    private let graph: Owned<AVFilterGraph>
    private let input: UnsafeMutablePointer<AVFilterContext>
    private let sinks: [UnsafeMutablePointer<AVFilterContext>]
    private let frame: Owned<AVFrame>

    init(_ source: Source, timescale: UInt32, rungs: [Rung], treatment: PictureTreatment, threads: Int32) throws(AVFailure) {
        self.source = source
        self.timescale = timescale
        frame = Owned(try allocated("a frame", av_frame_alloc())) { pointer in
            var frame: UnsafeMutablePointer<AVFrame>? = pointer
            av_frame_free(&frame)
        }
        graph = Owned(try allocated("a filter graph", avfilter_graph_alloc())) { pointer in
            var graph: UnsafeMutablePointer<AVFilterGraph>? = pointer
            avfilter_graph_free(&graph)
        }
        graph.pointer.pointee.nb_threads = threads
        let text = FilterText(source: source, timescale: timescale, rungs: rungs, treatment: treatment).text
        var inputs: UnsafeMutablePointer<AVFilterInOut>?
        var outputs: UnsafeMutablePointer<AVFilterInOut>?
        defer {
            avfilter_inout_free(&inputs)
            avfilter_inout_free(&outputs)
        }
        try checked("the filters \(text)", avfilter_graph_parse2(graph.pointer, text, &inputs, &outputs))
        try checked("the filters \(text)", avfilter_graph_config(graph.pointer, nil))
        input = try allocated("the filters' input", avfilter_graph_get_filter(graph.pointer, "buffer@in"))
        var found: [UnsafeMutablePointer<AVFilterContext>] = []
        for index in rungs.indices {
            found.append(try allocated("rung \(index)", avfilter_graph_get_filter(graph.pointer, "buffersink@rung\(index)")))
        }
        sinks = found
        if let png = treatment.png, let second = avfilter_graph_get_filter(graph.pointer, "buffer@png") {
            try png.give(to: second)
        }
    }

    /// Scales a picture, `nil` at the end; `taken` is called with each picture that comes out and the rung's place, borrowed. Times and marks
    /// of key frames go through.
    func scale(_ picture: UnsafeMutablePointer<AVFrame>?, _ taken: (Int, UnsafeMutablePointer<AVFrame>) throws -> Void) throws {
        let flags = Int32(AV_BUFFERSRC_FLAG_KEEP_REF | AV_BUFFERSRC_FLAG_PUSH)
        try checked("a picture for the filters", av_buffersrc_add_frame_flags(input, picture, flags))
        for (index, sink) in sinks.enumerated() {
            while true {
                let result = av_buffersink_get_frame(sink, frame.pointer)
                if result == av_again || result == av_end_of_file { break }
                try checked("a picture of rung \(index)", result)
                defer { av_frame_unref(frame.pointer) }
                // The deinterlacer counts in half ticks.
                let base = av_buffersink_get_time_base(sink)
                frame.pointer.pointee.pts = av_rescale_q(
                    frame.pointer.pointee.pts, base, AVRational(num: 1, den: Int32(clamping: timescale)))
                try taken(index, frame.pointer)
            }
        }
    }
}
