import CAV

@testable import TranscodeCore

/// A player that notes when it becomes loud after 200 ms of quiet.
final class Ear {
    /// Milliseconds.
    var onsets: [Double] = []
    /// The loudest sample of each block.
    var peaks: [(time: Int64, peak: Float)] = []
    var channels: Int32 = 0
    private let decoder: Decoder
    private let rate: Int64
    private var last: Int64 = .min / 2

    init(_ target: AudioTarget, _ configuration: [UInt8]) throws {
        rate = Int64(target.sampleRate)
        let id = target.codec == .aac ? AV_CODEC_ID_AAC : AV_CODEC_ID_OPUS
        // No configuration for Opus: its decoder would cut off the encoder's own beginning, which is not among the packets.
        let known = target.codec == .aac ? configuration : []
        var track = InputTrack(codec: id, timescale: UInt32(target.sampleRate), configuration: known)
        track.sampleRate = target.sampleRate
        track.channels = target.channels
        decoder = try Decoder(track, threads: 1, delay: false)
    }

    func hear(_ bytes: UnsafeRawBufferPointer, _ time: Int64) throws {
        try decoder.decode(bytes, pts: time, dts: time, key: true) { block($0) }
    }

    private func block(_ frame: UnsafeMutablePointer<AVFrame>) {
        guard let plane = frame.pointee.extended_data[0] else { return }
        channels = frame.pointee.ch_layout.nb_channels
        let count = Int(frame.pointee.nb_samples)
        let floats = UnsafeRawPointer(plane).assumingMemoryBound(to: Float.self)
        var index = 0
        var peak: Float = 0
        while index < count {
            let value = floats[index]
            if value > peak { peak = value }
            if value > 0.08 || value < -0.08 {
                let time = frame.pointee.pts + Int64(index)
                if abs(time - last) > rate / 5 { onsets.append(Double(time) * 1000 / Double(rate)) }
                last = time
            }
            index += 1
        }
        peaks.append((frame.pointee.pts, peak))
        if peaks.count > 2000 { peaks.removeFirst(1000) }
    }
}
