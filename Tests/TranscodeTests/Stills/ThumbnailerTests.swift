import CAV
import Glibc
import Testing

@testable import TranscodeCore

@Suite struct ThumbnailerTests {
    static func picture(_ width: Int32, _ height: Int32, _ format: AVPixelFormat = AV_PIX_FMT_YUV420P) throws -> Owned<AVFrame> {
        let frame = Owned(try allocated("a frame", av_frame_alloc())) { pointer in
            var frame: UnsafeMutablePointer<AVFrame>? = pointer
            av_frame_free(&frame)
        }
        frame.pointer.pointee.format = format.rawValue
        frame.pointer.pointee.width = width
        frame.pointer.pointee.height = height
        try checked("a picture", av_frame_get_buffer(frame.pointer, 0))
        for plane in [frame.pointer.pointee.buf.0, frame.pointer.pointee.buf.1, frame.pointer.pointee.buf.2] {
            if let plane { memset(plane.pointee.data, 128, plane.pointee.size) }
        }
        return frame
    }

    /// Size, format and shape of the pixels; size of the JPEG.
    @Test(
        arguments: [
            (1920, 1080, AV_PIX_FMT_YUV420P, 1, 1, 640, 360), (320, 180, AV_PIX_FMT_YUV420P, 0, 0, 320, 180),
            (720, 576, AV_PIX_FMT_YUV422P, 64, 45, 640, 360), (608, 1080, AV_PIX_FMT_YUV420P10LE, 1, 1, 608, 1080),
            (17, 17, AV_PIX_FMT_YUV444P, 1, 1, 16, 16), (4096, 16, AV_PIX_FMT_YUV420P, 1, 1, 640, 16),
        ] as [(Int32, Int32, AVPixelFormat, Int32, Int32, Int32, Int32)])
    func aJPEGHasTheShapeThatIsShown(
        _ width: Int32, _ height: Int32, _ format: AVPixelFormat, _ num: Int32, _ den: Int32, _ wantedWidth: Int32,
        _ wantedHeight: Int32
    ) throws {
        let frame = try Self.picture(width, height, format)
        frame.pointer.pointee.sample_aspect_ratio = AVRational(num: num, den: den)
        let jpeg = try withExtendedLifetime(frame) { try Still.jpeg(frame.pointer, width: 640, quality: 75) }
        #expect(jpeg.starts(with: [0xFF, 0xD8]) && jpeg.suffix(2) == [0xFF, 0xD9])
        let decoder = try Decoder(
            InputTrack(codec: AV_CODEC_ID_MJPEG, timescale: 1000, configuration: []), threads: 1, delay: false)
        var sizes: [[Int32]] = []
        try jpeg.withUnsafeBytes {
            try decoder.decode($0, pts: 0, dts: 0, key: true) { sizes.append([$0.pointee.width, $0.pointee.height]) }
        }
        try decoder.drain { sizes.append([$0.pointee.width, $0.pointee.height]) }
        #expect(sizes == [[wantedWidth, wantedHeight]])
    }

    @Test func oneIsDueNowAndThen() {
        var thumbnailer = Thumbnailer(every: 2, timescale: 1000)
        let times: [Int64] = [5000, 5040, 6999, 7000, 7040, 100, 140, 2099, 2100, .max, .min, .min + 1999]
        #expect(times.filter { thumbnailer.isDue(at: $0) } == [5000, 7000, 100, 2100, .max, .min])
    }

    @Test func whatCannotBeScaledMakesNone() throws {
        var thumbnailer = Thumbnailer(every: 2, timescale: 1000)
        let frame = try Self.picture(64, 64)
        frame.pointer.pointee.format = -1
        frame.pointer.pointee.pts = 0
        withExtendedLifetime(frame) { #expect(thumbnailer.see(frame.pointer) == nil) }
    }
}
