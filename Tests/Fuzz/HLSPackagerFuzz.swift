import Formats
import HLSCore

/// Bytes as a script of frames, reconnects and requests with wild times; whatever comes, sequence numbers stay in step, memory stays within
/// bounds, and held requests are answered in the end.
func fuzzHLSPackager(_ bytes: UnsafeRawBufferPointer) {
    var configuration = HLSConfiguration()
    configuration.maximumBytes = 4 << 20
    configuration.muxed = bytes.first.map { $0 & 1 == 1 } ?? false
    var packager = HLSPackager(configuration: configuration)
    let video = TrackDescription(
        id: 0, kind: .video, codec: .vp09, timescale: 1000, configuration: [1, 0, 0, 0, 0, 30, 0x82, 2, 2, 2, 0, 0])
    let audio = TrackDescription(id: 1, kind: .audio, codec: .mp4a, configuration: [0x11, 0x90], sampleRate: 48_000, channels: 2)
    let data = TrackDescription(id: 2, kind: .data, codec: HLSPackager.messageCodec, timescale: 1000)
    var held: Set<String> = []
    var reader = ByteReader(UnsafeRawBufferPointer(rebasing: bytes.dropFirst().prefix(20_000)))
    var time: Int64 = 0
    try? packager.tracks([video, audio, data], discontinuity: false)
    while let command = reader.u8() {
        switch command & 0x0F {
        case 0: try? packager.tracks(command & 0x10 == 0 ? [video, audio, data] : [audio], discontinuity: command & 0x20 != 0)
        case 1: packager.flush()
        case 2: time &+= reader.i64() ?? 0
        case 3, 4:
            let name = ["video", "audio", "main"][Int(command >> 4) % 3]
            let query = [("_HLS_msn", String(reader.u8() ?? 0)), ("_HLS_part", String(command >> 6))]
            let answer = packager.request("\(name).m3u8", query: command & 0x0F == 3 ? [] : query, nowMs: 0)
            if case .wait(let key, _) = answer { held.insert(key) }
        case 5:
            let answer = packager.request("video_p\(command >> 4).m4s", nowMs: 0)
            if case .wait(let key, _) = answer { held.insert(key) }
        case 6:
            let payload = reader.bytes(min(Int(command), reader.remaining)).map { Array($0) } ?? []
            let timing = FrameTiming(track: 2, pts: time &+ Int64(command), dts: time)
            payload.withUnsafeBytes { packager.frame(timing, payload: $0, wallClockMs: time) }
        default:
            time &+= Int64(reader.u8() ?? 0) &* (command & 0x40 == 0 ? 1 : 40)
            let payload = [UInt8](repeating: command, count: 1 + Int(command) * (command & 0x80 == 0 ? 1 : 200))
            let offset = Int64(command >> 4)
            let timing = FrameTiming(
                track: UInt32(command & 1), pts: time &+ offset, dts: time, flags: FrameFlags(rawValue: UInt32(command >> 3) & 5))
            payload.withUnsafeBytes { packager.frame(timing, payload: $0, wallClockMs: time) }
        }
        for release in packager.takeReleases() {
            precondition(held.remove(release.key) != nil)
            if case .wait = release.answer { preconditionFailure("released to wait") }
        }
        precondition(packager.byteCount < 3 * configuration.maximumBytes)
    }
    packager.streamEnded()
    for release in packager.takeReleases() { held.remove(release.key) }
    precondition(held.isEmpty)
}
