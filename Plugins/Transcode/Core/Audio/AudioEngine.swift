import CAV

/// One decode of the sound, one encode; what comes out is for all renditions.
///
/// Times that come out are those of the source's sound, by the count of samples (see `AudioClock`), in ticks of the target's rate; the
/// encoder's own delay is accounted for. Blocks that cannot be decoded are passed over: a hole. Holes of up to 200 ms are filled with
/// silence, with `fills` those up to 10 s; at longer ones, and where the source's time jumps, the time that comes out jumps as well. Not for
/// several threads at a time. Memory: what decoder, filters and encoder keep inside.
public final class AudioEngine {
    /// What comes out: a packet's bytes, borrowed, its time and its length in ticks of the target's rate.
    public typealias Receiver = (UnsafeRawBufferPointer, _ time: Int64, _ duration: Int64) throws -> Void

    public let target: AudioTarget
    private let timescale: UInt32
    private let decoder: Decoder?
    private let writer: AudioWriter
    private let fills: Bool
    private var clock: AudioClock
    private var graph: AudioGraph?
    /// The place of the graph's begin: nanoseconds, ticks.
    private var begin: (time: Int64, ticks: Int64) = (0, 0)
    private var hasSound = false
    private var firstPicture: Int64?

    /// Sound that is gone for longer is replaced by silence, if silence is wanted.
    static let patience: Int64 = 1_000_000_000
    /// How far behind the pictures the silence stays that stands for sound that may come back.
    static let reserve: Int64 = 100_000_000

    /// - Parameter track: `nil`: there is none, silence only.
    /// - Parameter fills: silence where sound is missing.
    public init(_ track: InputTrack?, _ target: AudioTarget, fills: Bool = false) throws {
        self.target = target
        self.fills = fills
        timescale = track?.timescale ?? 1000
        decoder = try track.map { track throws(AVFailure) in try Decoder(track, threads: 1, delay: false) }
        writer = try AudioWriter(target)
        clock = AudioClock(fills: fills)
        // That this libavfilter has what is needed.
        _ = try AudioGraph(AudioGraph.Source(rate: 48000, format: AV_SAMPLE_FMT_FLTP.rawValue, layout: "stereo"), target)
    }

    /// AudioSpecificConfig or OpusHead.
    public var configuration: [UInt8] { writer.configuration }

    /// An access unit of the source's sound.
    public func feed(_ bytes: UnsafeRawBufferPointer, pts: Int64, dts: Int64, _ receiver: Receiver) throws {
        guard !bytes.isEmpty else { return }
        try decoder?.decode(bytes, pts: pts, dts: dts, key: true) { try self.block($0, receiver) }
    }

    /// The pictures have come to this time: sound that is missing for longer than one second is silence from here on, if that is wanted.
    public func pictures(at time: Int64, timescale: UInt32, _ receiver: Receiver) throws {
        guard fills, timescale > 0 else { return }
        let now = nanoseconds(time, timescale)
        guard abs(max(now, -AudioClock.farthest)) < AudioClock.farthest else { return }
        let limit = hasSound ? now - Self.reserve : now
        guard let position = clock.position ?? firstPicture else {
            // Sound that is announced may be late, not for ever.
            return firstPicture = now
        }
        let missing = now - position
        if abs(missing) > clock.longestHole {
            try finishGraph(receiver)
            return try restart(at: now, receiver)
        }
        guard missing > (decoder == nil ? 0 : Self.patience) else { return }
        if writer.next == nil { try restart(at: position, receiver) }
        try finishGraph(receiver)
        try writer.fill(until: ticks(limit), receiver)
        clock.filled(until: limit)
    }

    /// All that is inside.
    public func drain(_ receiver: Receiver) throws {
        try decoder?.drain { try self.block($0, receiver) }
        try finishGraph(receiver)
        try writer.end(receiver)
    }

    private func restart(at time: Int64, _ receiver: Receiver) throws {
        try writer.jump(to: ticks(time), receiver)
        clock.filled(until: time)
    }

    private func block(_ frame: UnsafeMutablePointer<AVFrame>, _ receiver: Receiver) throws {
        if frame.pointee.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC {
            av_channel_layout_default(&frame.pointee.ch_layout, frame.pointee.ch_layout.nb_channels)
        }
        guard let source = AudioGraph.Source(frame) else { return }
        let duration = Int64(frame.pointee.nb_samples) * 1_000_000_000 / Int64(source.rate)
        guard let step = clock.block(at: nanoseconds(frame.pointee.pts, timescale), lasting: duration) else { return }
        hasSound = true
        let time: Int64
        switch step {
        case .follows(let at):
            time = at
            if let graph, graph.source != source { try finishGraph(receiver) }
        case .breaks(let at):
            time = at
            try finishGraph(receiver)
        case .jumps(let at):
            time = at
            try finishGraph(receiver)
            try writer.jump(to: ticks(at), receiver)
        }
        if graph == nil {
            // Loudspeakers that the filters do not know: this sound cannot be had, the rest of the stream can.
            guard let made = try? AudioGraph(source, target) else { return }
            graph = made
            begin = (time, ticks(time))
        }
        // The graph's time only: what lies in the frame is the decoder's.
        frame.pointee.pts = time - begin.time
        try graph?.convert(frame) { try self.converted($0, receiver) }
    }

    private func converted(_ frame: UnsafeMutablePointer<AVFrame>, _ receiver: Receiver) throws {
        if let loudness = AudioGraph.loudness(frame) { writer.hear(loudness, samples: frame.pointee.nb_samples) }
        try writer.put(frame, at: begin.ticks + frame.pointee.pts, receiver)
    }

    private func finishGraph(_ receiver: Receiver) throws {
        guard let graph else { return }
        self.graph = nil
        try graph.convert(nil) { try self.converted($0, receiver) }
    }

    private func ticks(_ nanoseconds: Int64) -> Int64 { av_rescale(nanoseconds, Int64(target.sampleRate), 1_000_000_000) }

    private func nanoseconds(_ time: Int64, _ timescale: UInt32) -> Int64 {
        av_rescale(time, 1_000_000_000, Int64(max(1, timescale)))
    }
}
