import CAV

/// Samples that wait for a block of the encoder's size, in the encoder's format.
final class SampleQueue {
    private let fifo: OpaquePointer
    private let target: AudioTarget
    private let silence: Owned<AVFrame>
    /// Samples of silence that are put in at a time.
    static let stretch: Int32 = 1024

    init(_ target: AudioTarget) throws(AVFailure) {
        self.target = target
        silence = try Self.frame(target, Self.stretch)
        let planes = Self.planes(silence.pointer)
        av_samples_set_silence(planes, 0, Self.stretch, target.channels, target.codec.format)
        fifo = try allocated("a queue of samples", av_audio_fifo_alloc(target.codec.format, target.channels, 8192))
    }

    deinit { av_audio_fifo_free(fifo) }

    var count: Int32 { av_audio_fifo_size(fifo) }

    /// An empty frame; with room for so many samples, if any.
    static func frame(_ target: AudioTarget, _ samples: Int32) throws(AVFailure) -> Owned<AVFrame> {
        let frame = Owned(try allocated("a frame", av_frame_alloc())) { pointer in
            var frame: UnsafeMutablePointer<AVFrame>? = pointer
            av_frame_free(&frame)
        }
        frame.pointer.pointee.format = target.codec.format.rawValue
        frame.pointer.pointee.sample_rate = target.sampleRate
        frame.pointer.pointee.nb_samples = samples
        av_channel_layout_default(&frame.pointer.pointee.ch_layout, target.channels)
        try checked("a block of sound", av_frame_get_buffer(frame.pointer, 0))
        return frame
    }

    static func planes(_ frame: UnsafeMutablePointer<AVFrame>) -> UnsafeMutablePointer<UnsafeMutablePointer<UInt8>?> {
        frame.pointee.extended_data
    }

    /// Puts in the samples of a block from `start` on.
    func put(_ frame: UnsafeMutablePointer<AVFrame>, from start: Int32) throws(AVFailure) {
        let isPlanar = av_sample_fmt_is_planar(target.codec.format) != 0
        let step = Int(av_get_bytes_per_sample(target.codec.format)) * (isPlanar ? 1 : Int(target.channels))
        var planes: [UnsafeMutableRawPointer?] = (0..<(isPlanar ? Int(target.channels) : 1)).map { plane in
            Self.planes(frame)[plane].map { UnsafeMutableRawPointer($0) + step * Int(start) }
        }
        try checked("samples for the queue", av_audio_fifo_write(fifo, &planes, frame.pointee.nb_samples - start))
    }

    /// Puts in so many samples of silence, at most `stretch`.
    func silence(_ samples: Int32) throws(AVFailure) {
        silence.pointer.pointee.nb_samples = min(samples, Self.stretch)
        try put(silence.pointer, from: 0)
    }

    /// Takes a block of so many samples, or of what is left.
    func take(_ samples: Int32) throws(AVFailure) -> Owned<AVFrame> {
        let block = try Self.frame(target, min(samples, count))
        var planes: [UnsafeMutableRawPointer?] = []
        let isPlanar = av_sample_fmt_is_planar(target.codec.format) != 0
        for plane in 0..<(isPlanar ? Int(target.channels) : 1) {
            planes.append(Self.planes(block.pointer)[plane].map { UnsafeMutableRawPointer($0) })
        }
        try checked("samples of the queue", av_audio_fifo_read(fifo, &planes, block.pointer.pointee.nb_samples))
        return block
    }
}
