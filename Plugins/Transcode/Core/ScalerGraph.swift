import CAV

/// Pictures of the source in, the pictures of each rung out: each size is scaled once, from the next larger.
final class ScalerGraph {
    /// What the graph was made for; a picture that differs needs another graph.
    struct Source: Equatable {
        var width: Int32
        var height: Int32
        var format: Int32
        var aspect: [Int32]

        init(_ frame: UnsafePointer<AVFrame>) {
            width = frame.pointee.width
            height = frame.pointee.height
            format = frame.pointee.format
            let ratio = frame.pointee.sample_aspect_ratio
            aspect = ratio.num > 0 && ratio.den > 0 ? [ratio.num, ratio.den] : [1, 1]
        }
    }

    let source: Source
    private let graph: Owned<AVFilterGraph>
    private let input: UnsafeMutablePointer<AVFilterContext>
    private let sinks: [UnsafeMutablePointer<AVFilterContext>]
    private let frame: Owned<AVFrame>

    init(_ source: Source, timescale: UInt32, sizes: [(width: Int32, height: Int32)], threads: Int32) throws(AVFailure) {
        self.source = source
        frame = Owned(try allocated("a frame", av_frame_alloc())) { pointer in
            var frame: UnsafeMutablePointer<AVFrame>? = pointer
            av_frame_free(&frame)
        }
        graph = Owned(try allocated("a filter graph", avfilter_graph_alloc())) { pointer in
            var graph: UnsafeMutablePointer<AVFilterGraph>? = pointer
            avfilter_graph_free(&graph)
        }
        graph.pointer.pointee.nb_threads = threads
        // From the largest to the smallest, each made of the one before.
        let order = sizes.indices.sorted { (sizes[$0].height, sizes[$0].width) > (sizes[$1].height, sizes[$1].width) }
        var text =
            "buffer@in=video_size=\(source.width)x\(source.height):pix_fmt=\(source.format):time_base=1/\(timescale)"
            + ":pixel_aspect=\(source.aspect[0])/\(source.aspect[1])[from0]"
        for (place, index) in order.enumerated() {
            let isLast = place == order.count - 1
            text += ";[from\(place)]scale=\(sizes[index].width):\(sizes[index].height):flags=bicubic,setsar=1,format=yuv420p"
            text += isLast ? "," : ",split[to\(place)][from\(place + 1)];[to\(place)]"
            text += "buffersink@rung\(index)"
        }
        var inputs: UnsafeMutablePointer<AVFilterInOut>?
        var outputs: UnsafeMutablePointer<AVFilterInOut>?
        try checked("the filters \(text)", avfilter_graph_parse2(graph.pointer, text, &inputs, &outputs))
        avfilter_inout_free(&inputs)
        avfilter_inout_free(&outputs)
        try checked("the filters \(text)", avfilter_graph_config(graph.pointer, nil))
        input = try allocated("the filters' input", avfilter_graph_get_filter(graph.pointer, "buffer@in"))
        var found: [UnsafeMutablePointer<AVFilterContext>] = []
        for index in sizes.indices {
            found.append(try allocated("rung \(index)", avfilter_graph_get_filter(graph.pointer, "buffersink@rung\(index)")))
        }
        sinks = found
    }

    /// Scales a picture, `nil` at the end; `taken` is called with each picture that comes out and the rung's place, borrowed.
    func scale(_ picture: UnsafeMutablePointer<AVFrame>?, _ taken: (Int, UnsafeMutablePointer<AVFrame>) throws -> Void) throws {
        let flags = Int32(AV_BUFFERSRC_FLAG_KEEP_REF | AV_BUFFERSRC_FLAG_PUSH)
        try checked("a picture for the filters", av_buffersrc_add_frame_flags(input, picture, flags))
        for (index, sink) in sinks.enumerated() {
            while true {
                let result = av_buffersink_get_frame(sink, frame.pointer)
                if result == av_again || result == av_end_of_file { break }
                try checked("a picture of rung \(index)", result)
                defer { av_frame_unref(frame.pointer) }
                try taken(index, frame.pointer)
            }
        }
    }
}
