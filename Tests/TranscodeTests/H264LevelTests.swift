import Testing

@testable import TranscodeCore

@Suite struct H264LevelTests {
    /// Width, height, pictures a second, kbit/s; the level (Rec. H.264 tables, High profile).
    @Test(arguments: [
        (416, 234, 30, 160, "1.3"), (640, 360, 30, 400, "3.0"), (640, 360, 25, 400, "3.0"), (768, 432, 30, 1200, "3.0"),
        (960, 540, 30, 2200, "3.1"), (960, 540, 60, 2200, "3.2"), (1280, 720, 30, 3300, "3.1"), (1280, 720, 60, 3300, "3.2"),
        (1920, 1080, 30, 6600, "4.0"), (1920, 1080, 60, 8580, "4.2"), (1920, 1080, 30, 30_000, "4.1"),
        (3840, 2160, 30, 20_000, "5.1"), (3840, 2160, 60, 20_000, "5.2"), (8192, 4320, 30, 20_000, "none"),
        (16, 16, 25, 60, "1.0"), (8192, 16, 1, 60, "5.1"),
    ])
    func isTheLowest(_ width: Int, _ height: Int, _ rate: Int, _ kbps: Int64, _ wanted: String) {
        let level = H264Level.lowest(
            width: width, height: height, rateMilli: rate * 1000, maxrate: kbps * 1000, buffer: kbps * 2000, profile: "high")
        #expect(level?.description ?? "none" == wanted)
    }
}
