import CAV

/// A JPEG of a decoded picture, in the shape that it is shown in.
enum Still {
    /// - Parameter width: pixels at most; a picture that has fewer keeps its size.
    /// - Parameter quality: from 1 to 100.
    static func jpeg(_ picture: UnsafeMutablePointer<AVFrame>, width: Int32, quality: Int32) throws(AVFailure) -> [UInt8] {
        let source = ScalerGraph.Source(picture)
        let size = size(source, width)
        let graph = Owned(try allocated("a filter graph", avfilter_graph_alloc())) { pointer in
            var graph: UnsafeMutablePointer<AVFilterGraph>? = pointer
            avfilter_graph_free(&graph)
        }
        graph.pointer.pointee.nb_threads = 1
        let text =
            "buffer@in=video_size=\(source.width)x\(source.height):pix_fmt=\(source.format):time_base=1/1000:pixel_aspect=1/1,"
            + "scale=\(size.width):\(size.height):flags=area:out_range=full,setsar=1,format=yuvj420p,buffersink@out"
        var inputs: UnsafeMutablePointer<AVFilterInOut>?
        var outputs: UnsafeMutablePointer<AVFilterInOut>?
        try checked("the filters \(text)", avfilter_graph_parse2(graph.pointer, text, &inputs, &outputs))
        avfilter_inout_free(&inputs)
        avfilter_inout_free(&outputs)
        try checked("the filters \(text)", avfilter_graph_config(graph.pointer, nil))
        let input = try allocated("the filters' input", avfilter_graph_get_filter(graph.pointer, "buffer@in"))
        let sink = try allocated("the filters' output", avfilter_graph_get_filter(graph.pointer, "buffersink@out"))
        let scaled = Owned(try allocated("a frame", av_frame_alloc())) { pointer in
            var frame: UnsafeMutablePointer<AVFrame>? = pointer
            av_frame_free(&frame)
        }
        defer { withExtendedLifetime((graph, scaled)) {} }
        let flags = Int32(AV_BUFFERSRC_FLAG_KEEP_REF | AV_BUFFERSRC_FLAG_PUSH)
        try checked("a picture for the filters", av_buffersrc_add_frame_flags(input, picture, flags))
        try checked("a picture of the filters", av_buffersink_get_frame(sink, scaled.pointer))
        return try encoded(scaled.pointer, quality: quality)
    }

    /// With square pixels, even, no wider than `most`.
    static func size(_ source: ScalerGraph.Source, _ most: Int32) -> (width: Int32, height: Int32) {
        let shown = max(1, Int64(source.width) * Int64(source.aspect[0]) / Int64(max(1, source.aspect[1])))
        let width = min(shown, Int64(most))
        let height = (Int64(source.height) * width + shown / 2) / shown
        return (Int32(clamping: max(16, width & ~1)), Int32(clamping: min(4096, max(16, height & ~1))))
    }

    private static func encoded(_ picture: UnsafeMutablePointer<AVFrame>, quality: Int32) throws(AVFailure) -> [UInt8] {
        let codec = try allocated("mjpeg in this libavcodec", avcodec_find_encoder(AV_CODEC_ID_MJPEG))
        let context = Owned(try allocated("an encoder", avcodec_alloc_context3(codec))) { pointer in
            var context: UnsafeMutablePointer<AVCodecContext>? = pointer
            avcodec_free_context(&context)
        }
        let packet = Owned(try allocated("a packet", av_packet_alloc())) { pointer in
            var packet: UnsafeMutablePointer<AVPacket>? = pointer
            av_packet_free(&packet)
        }
        defer { withExtendedLifetime((context, packet)) {} }
        // From 31, the worst, to 2.
        let scale = (31 - 29 * min(max(quality, 1), 100) / 100) * Int32(FF_QP2LAMBDA)
        context.pointer.pointee.width = picture.pointee.width
        context.pointer.pointee.height = picture.pointee.height
        context.pointer.pointee.pix_fmt = AV_PIX_FMT_YUVJ420P
        context.pointer.pointee.color_range = AVCOL_RANGE_JPEG
        context.pointer.pointee.time_base = AVRational(num: 1, den: 25)
        context.pointer.pointee.thread_count = 1
        context.pointer.pointee.flags |= AV_CODEC_FLAG_QSCALE
        context.pointer.pointee.global_quality = scale
        picture.pointee.quality = scale
        picture.pointee.pts = 0
        picture.pointee.pict_type = AV_PICTURE_TYPE_I
        try checked("mjpeg", avcodec_open2(context.pointer, codec, nil))
        try checked("a picture for mjpeg", avcodec_send_frame(context.pointer, picture))
        try checked("the end for mjpeg", avcodec_send_frame(context.pointer, nil))
        try checked("a JPEG", avcodec_receive_packet(context.pointer, packet.pointer))
        let size = Int(packet.pointer.pointee.size)
        return [UInt8](UnsafeBufferPointer(start: packet.pointer.pointee.data, count: size))
    }
}
