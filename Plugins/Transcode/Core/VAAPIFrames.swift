import CAV

/// Pictures in the memory of the machine's VA-API device, which its encoders take nothing else from.
final class VAAPIFrames {
    private let device: Owned<AVBufferRef>
    private let pool: Owned<AVBufferRef>
    private let picture: Owned<AVFrame>

    var frames: UnsafeMutablePointer<AVBufferRef> { pool.pointer }

    init(width: Int32, height: Int32) throws(AVFailure) {
        func freed(_ pointer: UnsafeMutablePointer<AVBufferRef>) {
            var pointer: UnsafeMutablePointer<AVBufferRef>? = pointer
            av_buffer_unref(&pointer)
        }
        var found: UnsafeMutablePointer<AVBufferRef>?
        try checked("a VA-API device", av_hwdevice_ctx_create(&found, AV_HWDEVICE_TYPE_VAAPI, nil, nil, 0))
        device = Owned(try allocated("a VA-API device", found), freed)
        pool = Owned(try allocated("pictures of VA-API", av_hwframe_ctx_alloc(device.pointer)), freed)
        picture = Owned(try allocated("a frame", av_frame_alloc())) { pointer in
            var frame: UnsafeMutablePointer<AVFrame>? = pointer
            av_frame_free(&frame)
        }
        let raw = try allocated("pictures of VA-API", pool.pointer.pointee.data)
        raw.withMemoryRebound(to: AVHWFramesContext.self, capacity: 1) { context in
            context.pointee.format = AV_PIX_FMT_VAAPI
            context.pointee.sw_format = AV_PIX_FMT_YUV420P
            context.pointee.width = width
            context.pointee.height = height
            context.pointee.initial_pool_size = 20
        }
        try checked("pictures of VA-API", av_hwframe_ctx_init(pool.pointer))
    }

    /// A picture there, good until the next one.
    func uploaded(_ from: UnsafeMutablePointer<AVFrame>) throws(AVFailure) -> UnsafeMutablePointer<AVFrame> {
        av_frame_unref(picture.pointer)
        try checked("a picture of VA-API", av_hwframe_get_buffer(pool.pointer, picture.pointer, 0))
        try checked("a picture for VA-API", av_hwframe_transfer_data(picture.pointer, from, 0))
        try checked("a picture for VA-API", av_frame_copy_props(picture.pointer, from))
        return picture.pointer
    }
}
