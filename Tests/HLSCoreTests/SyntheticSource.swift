import Formats

@testable import HLSCore

/// Makes frames of streams that never were, with times as RTMP gives them.
struct SyntheticSource {
    struct Frame {
        var timing: FrameTiming
        var payload: [UInt8]
        var wallClockMs: Int64
    }

    var fps = 30.0
    /// Frames from key frame to key frame.
    var gop = 60
    /// 0, or the number of B-frames between others.
    var bFrames = 0
    var hasVideo = true
    var hasAudio = true
    var audioRate = 48_000
    /// Source time of the start, milliseconds.
    var start = 0.0
    /// Length of each video frame as a share of the nominal (variable frame rate), by index.
    var stretch: (Int) -> Double = { _ in 1 }
    /// Video bytes: key frame, other.
    var sizes = (3_000, 400)

    static let avcC: [UInt8] = [
        0x01, 0x64, 0x00, 0x1E, 0xFF, 0xE1, 0x00, 0x1A, 0x67, 0x64, 0x00, 0x1E, 0xAC, 0xD9, 0x40, 0xA0, 0x2F, 0xF9, 0x70, 0x11,
        0x00, 0x00,
        0x03, 0x00, 0x01, 0x00, 0x00, 0x03, 0x00, 0x3C, 0x0F, 0x16, 0x2D, 0x96, 0x01, 0x00, 0x04, 0x68, 0xEF, 0xBC, 0xB0, 0xFD,
        0xF8, 0xF8,
        0x00,
    ]

    var tracks: [TrackDescription] {
        var result: [TrackDescription] = []
        if hasVideo {
            result.append(
                TrackDescription(id: 0, kind: .video, codec: .avc1, configuration: SyntheticSource.avcC, width: 640, height: 360))
        }
        if hasAudio { result.append(SyntheticSource.aac(rate: audioRate)) }
        return result
    }

    static func aac(rate: Int) -> TrackDescription {
        TrackDescription(
            id: 1, kind: .audio, codec: .mp4a, configuration: rate == 48_000 ? [0x11, 0x90] : [0x12, 0x10],
            sampleRate: UInt32(rate), channels: 2)
    }

    /// In order of decoding time.
    func frames(seconds: Double) -> [Frame] {
        var result: [Frame] = []
        if hasVideo { result += videoFrames(seconds) }
        if hasAudio {
            let count = Int(seconds * Double(audioRate) / 1024)
            for index in 0..<count {
                let time = start + Double(index) * 1024_000 / Double(audioRate)
                result.append(frame(track: 1, dts: time, pts: time, key: true, size: 100 + index % 50))
            }
        }
        return result.sorted { ($0.timing.dts, $0.timing.track) < ($1.timing.dts, $1.timing.track) }
    }

    private func videoFrames(_ seconds: Double) -> [Frame] {
        var result: [Frame] = []
        var time = start
        var index = 0
        let nominal = 1000 / fps
        while time < start + seconds * 1000 {
            let key = index % gop == 0
            var offset = 0.0
            if bFrames > 0 {
                // Decoding order I P B B …: a reference is shown bFrames later than a frame decoded at its place.
                let place = index % gop % (bFrames + 1)
                offset = nominal * (key ? 1 : place == 1 ? Double(bFrames + 1) : 0)
            }
            result.append(frame(track: 0, dts: time, pts: time + offset, key: key, size: key ? sizes.0 : sizes.1 + index % 100))
            time += nominal * stretch(index)
            index += 1
        }
        return result
    }

    private func frame(track: UInt32, dts: Double, pts: Double, key: Bool, size: Int) -> Frame {
        let timing = FrameTiming(
            track: track, pts: Int64(pts.rounded()), dts: Int64(dts.rounded()), flags: key ? .key : [])
        return Frame(
            timing: timing, payload: [UInt8](repeating: UInt8(truncatingIfNeeded: size), count: size),
            wallClockMs: 1_790_000_000_000 + Int64(pts.rounded()))
    }
}

extension HLSPackager {
    mutating func feed(_ frame: SyntheticSource.Frame) {
        frame.payload.withUnsafeBytes { self.frame(frame.timing, payload: $0, wallClockMs: frame.wallClockMs) }
    }

    mutating func feed(_ frames: [SyntheticSource.Frame]) {
        for frame in frames { feed(frame) }
    }

    /// The text of a playlist that is there.
    mutating func playlist(_ name: String, _ query: [(String, String)] = []) -> ParsedPlaylist? {
        guard case .ready(let response) = request(name, query: query, nowMs: 0) else { return nil }
        return ParsedPlaylist(String(decoding: response.body, as: UTF8.self))
    }
}
