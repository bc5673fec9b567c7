import Formats
import HLSCore

/// Bytes as a handover's blob, behind a short script of what happens next (its length, then its bytes). What is taken is written the same way
/// twice, and the packager made of it goes on, whatever it was told.
func fuzzHLSHandover(_ bytes: UnsafeRawBufferPointer) {
    let count = bytes.first.map { Int($0) & 0x3F } ?? 0
    let script = UnsafeRawBufferPointer(rebasing: bytes.dropFirst().prefix(count))
    let blob = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(1 + script.count))
    guard var packager = try? OnDemandPackager(importing: blob) else { return }
    packager.grid = SegmentGrid()
    guard let once = try? packager.exported() else { preconditionFailure("not exported") }
    once.withUnsafeBytes { bytes in
        guard let again = try? OnDemandPackager(importing: bytes), let twice = try? again.exported() else {
            preconditionFailure("its own blob was refused")
        }
        precondition(once == twice)
    }
    _ = packager.variant()
    var time: Int64 = 0
    for byte in script {
        switch byte & 0x0F {
        case 0: try? packager.tracks([video, audio], discontinuity: byte & 0x10 != 0)
        case 1: packager.flush()
        case 2: packager.streamEnded()
        case 3: time = Int64(byte >> 4) << (byte >> 4)
        case 4: _ = packager.request(["video", "audio", "main"][Int(byte >> 4) % 3] + ".m3u8", nowMs: 0)
        case 5: _ = packager.request("video.m3u8", query: [("_HLS_msn", "\(byte >> 4)"), ("_HLS_part", "0")], nowMs: 0)
        case 6:
            var configuration = HLSConfiguration()
            (configuration.segmentMs, configuration.muxed) = (Int(byte) * 40, byte & 0x80 != 0)
            packager.configure(configuration)
        default:
            time += Int64(byte >> 4) * (byte & 1 == 0 ? 10 : 300)
            let timing = FrameTiming(
                track: UInt32(byte >> 1 & 1), pts: time, dts: time, flags: FrameFlags(rawValue: UInt32(byte >> 2 & 5)))
            let payload = [UInt8](repeating: byte, count: 40)
            payload.withUnsafeBytes {
                packager.frame(timing, payload: $0, wallClockMs: time, held: packager.holdsFrames ? HeldFrame(copying: $0) : nil)
            }
        }
        _ = packager.takeReleases()
        _ = packager.variant()
    }
    packager.streamEnded()
    _ = packager.takeReleases()
}

private let video = TrackDescription(
    id: 0, kind: .video, codec: .vp09, timescale: 1000, configuration: [1, 0, 0, 0, 0, 30, 0x82, 2, 2, 2, 0, 0])
private let audio = TrackDescription(
    id: 1, kind: .audio, codec: .mp4a, configuration: [0x11, 0x90], sampleRate: 48_000, channels: 2)
