import Formats

/// The media that goes through: 30 pictures a second at 2.5 Mbit/s with a key frame every two seconds, and 48 kHz AAC.
enum TestMedia {
    /// H.264 High, 640 × 360.
    static let avcC: [UInt8] = [
        0x01, 0x64, 0x00, 0x1E, 0xFF, 0xE1, 0x00, 0x1A, 0x67, 0x64, 0x00, 0x1E, 0xAC, 0xD9, 0x40, 0xA0, 0x2F, 0xF9, 0x70, 0x11,
        0x00, 0x00, 0x03, 0x00, 0x01, 0x00, 0x00, 0x03, 0x00, 0x3C, 0x0F, 0x16, 0x2D, 0x96, 0x01, 0x00, 0x04, 0x68, 0xEF, 0xBC,
        0xB0, 0xFD, 0xF8, 0xF8, 0x00,
    ]
    /// AAC-LC, 48 kHz, stereo.
    static let audioConfiguration: [UInt8] = [0x11, 0x90]

    static let video = TrackDescription(
        id: 0, kind: .video, codec: .avc1, timescale: 1000, configuration: avcC, width: 640, height: 360)
    static let audio = TrackDescription(
        id: 1, kind: .audio, codec: .mp4a, timescale: 1000, configuration: audioConfiguration, sampleRate: 48_000, channels: 2)

    /// A picture of `size` bytes: SEI of 40 bytes and one slice, with 4-byte lengths.
    static func picture(_ size: Int, key: Bool = false) -> [UInt8] {
        unit([0x06, 5, 37] + [UInt8](repeating: 0x55, count: 37))
            + unit([key ? 0x65 : 0x41] + [UInt8](repeating: 0xA7, count: max(0, size - 49)))
    }

    /// A picture cut into `slices`.
    static func slices(_ size: Int, _ slices: Int) -> [UInt8] {
        (0..<slices).flatMap { _ in unit([0x41] + [UInt8](repeating: 0xA7, count: size / slices - 5)) }
    }

    static func sound(_ size: Int) -> [UInt8] { [UInt8](repeating: 0x21, count: size) }

    private static func unit(_ bytes: [UInt8]) -> [UInt8] {
        let count = UInt32(bytes.count)
        return [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: count >> UInt32($0)) } + bytes
    }

    /// One frame of both tracks in order of time.
    struct Frame {
        var timing: FrameTiming
        var payload: [UInt8]
        var isVideo: Bool { timing.track == 0 }
    }

    /// `seconds` of the stream, the first frame at 0.
    static func frames(seconds: Int) -> [Frame] {
        var frames: [Frame] = []
        let key = picture(60_000, key: true), inter = picture(8_700), sound = sound(200)
        for index in 0..<(seconds * 30) {
            let time = Int64(index) * 1000 / 30, isKey = index % 60 == 0
            let timing = FrameTiming(track: 0, pts: time, dts: time, flags: isKey ? .key : [])
            frames.append(Frame(timing: timing, payload: isKey ? key : inter))
        }
        for index in 0..<(seconds * 48_000 / 1024) {
            let time = Int64(index) * 1_024_000 / 48_000
            frames.append(Frame(timing: FrameTiming(track: 1, pts: time, dts: time, flags: .key), payload: sound))
        }
        return frames.sorted { ($0.timing.dts, $0.timing.track) < ($1.timing.dts, $1.timing.track) }
    }
}
