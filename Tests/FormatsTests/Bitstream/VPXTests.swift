import Formats
import Testing

@Suite struct VPXTests {
    static let vp8 = wire("70c600 9d012a 8002 6801 00070885")
    static let vp9 = wire("82 498342 00 27f0 1676 0438241c184a1004e07fd9")

    @Test func keyFrames() throws {
        let eight = try VP8FrameHeader(Self.vp8)
        #expect(eight.isKey && eight.isShown && eight.width == 640 && eight.height == 360)
        let nine = try VP9FrameHeader(Self.vp9)
        #expect(nine.isKey && nine.isShown && nine.width == 640 && nine.height == 360 && nine.profile == 0 && nine.bitDepth == 8)
        #expect(VPConfiguration(keyFrame: nine)?.codecString == "vp09.00.21.08")
        #expect(try !VP8FrameHeader(wire("B10100")).isKey)
        #expect(try !VP9FrameHeader(wire("86004000")).isKey)
        #expect(try VP9FrameHeader(wire("88")).showsExistingFrame)
    }

    @Test func tenBitProfile2() throws {
        // frame_marker 2, profile 2, key frame, shown; ten bits, BT.709, studio range, 1920 × 1080.
        var writer = BitWriter()
        writer.u(2, 2)
        writer.u(2, 1)
        writer.u(4, 0b0010)
        writer.u(24, 0x498342)
        writer.u(5, 0b0_010_0)
        writer.u(16, 1919)
        writer.u(16, 1079)
        writer.u(8, 0)
        let header = try VP9FrameHeader(writer.bytes)
        #expect(header.profile == 2 && header.bitDepth == 10 && header.width == 1920 && header.height == 1080)
        let configuration = try #require(VPConfiguration(keyFrame: header))
        #expect(configuration.codecString == "vp09.02.40.10")
        #expect(configuration.serialized == wire("02 28 A2 01 01 01 0000"))
    }

    @Test func records() throws {
        let bare = wire("00 15 82 02 02 02 0000")
        let configuration = try VPConfiguration(parsing: bare)
        #expect(configuration.serialized == bare)
        #expect(try VPConfiguration(parsing: wire("01000000") + bare) == configuration)
        #expect(configuration.codecString == "vp09.00.21.08")
        #expect(throws: BitstreamError.self) { try VPConfiguration(parsing: wire("00 15 92 02")) }
        #expect(throws: BitstreamError.self) { try VPConfiguration(parsing: wire("00 15 72 02 02 02 0000")) }
    }

    @Test func tracksLearnFromFrames() {
        var track = TrackDescription(id: 0, kind: .video, codec: .vp09)
        #expect(track.codecString == nil)
        #expect(!track.applying(firstFrame: wire("86004000")).changed)
        track = track.applying(firstFrame: Self.vp9).track
        #expect(track.width == 640 && track.height == 360 && track.codecString == "vp09.00.21.08")
        #expect(!track.applying(firstFrame: Self.vp9).changed)
        let other = TrackDescription(id: 0, kind: .video, codec: .vp08).applying(firstFrame: Self.vp8).track
        #expect(other.width == 640 && other.codecString == "vp08.00.10.08")
    }

    @Test(arguments: ["", "00", "70c600", "70c600 9d012b 8002 6801", "70c600 9d012a 0000 0000", "70c600 9d012a 80"])
    func brokenVP8(text: String) {
        #expect(throws: BitstreamError.self) { try VP8FrameHeader(wire(text)) }
    }

    @Test(arguments: ["", "00", "82", "82498343", "B8", "82498342 00 FFF"])
    func brokenVP9(text: String) {
        #expect(throws: BitstreamError.self) { try VP9FrameHeader(wire(text)) }
    }
}
