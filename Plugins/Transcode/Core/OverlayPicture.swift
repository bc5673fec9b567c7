import CAV

/// A PNG, decoded.
public final class OverlayPicture: @unchecked Sendable {
    // Nobody changes the picture after init; each use is a reference of its own.
    private let frame: Owned<AVFrame>

    public var width: Int32 { frame.pointer.pointee.width }
    public var height: Int32 { frame.pointer.pointee.height }
    var format: Int32 { frame.pointer.pointee.format }

    /// Bytes of a file.
    public static let mostBytes = 4 << 20
    /// 4096 × 4096.
    static let mostPixels: Int64 = 4096 * 4096

    /// Why bytes are no picture.
    public struct Refusal: Error, CustomStringConvertible, Equatable {
        public let description: String
    }

    public init(png bytes: [UInt8]) throws {
        guard bytes.count <= Self.mostBytes else { throw Refusal(description: "larger than \(Self.mostBytes >> 20) MiB") }
        guard bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) else { throw Refusal(description: "no PNG") }
        let decoder = try Decoder(
            InputTrack(codec: AV_CODEC_ID_PNG, timescale: 1000, configuration: []), threads: 1, delay: false)
        decoder.context.pointee.max_pixels = Self.mostPixels
        let kept = Owned(try allocated("a frame", av_frame_alloc())) { pointer in
            var frame: UnsafeMutablePointer<AVFrame>? = pointer
            av_frame_free(&frame)
        }
        func take(_ picture: UnsafeMutablePointer<AVFrame>) throws {
            av_frame_unref(kept.pointer)
            try checked("the picture", av_frame_ref(kept.pointer, picture))
        }
        try bytes.withUnsafeBytes { try decoder.decode($0, pts: 0, dts: 0, key: true, take) }
        try decoder.drain(take)
        guard kept.pointer.pointee.width > 0, kept.pointer.pointee.height > 0 else {
            throw Refusal(description: "a PNG that cannot be decoded")
        }
        frame = kept
    }

    /// Gives the picture to a filter's input as the only one, from the beginning of all time.
    func give(to input: UnsafeMutablePointer<AVFilterContext>) throws(AVFailure) {
        let copy = Owned(try allocated("a frame", av_frame_clone(frame.pointer))) { pointer in
            var frame: UnsafeMutablePointer<AVFrame>? = pointer
            av_frame_free(&frame)
        }
        copy.pointer.pointee.pts = Int64.min / 4
        try checked("the overlay's picture", av_buffersrc_add_frame_flags(input, copy.pointer, Int32(AV_BUFFERSRC_FLAG_PUSH)))
        try checked("the overlay's picture", av_buffersrc_add_frame_flags(input, nil, Int32(AV_BUFFERSRC_FLAG_PUSH)))
    }
}
