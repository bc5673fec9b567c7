import CAV
import Formats
import FormatsKit
import SluiceKit
import Synchronization
import TranscodeCore

/// A frame that outlives the call that it came with, by a reference to its buffer.
struct KeptFrame: @unchecked Sendable {
    var times: FrameTimes
    var bytes: UnsafeRawBufferPointer
    var buffer: UnsafeMutableRawPointer
}

/// What goes in waits here, what comes out waits here, and a worker thread of the host's takes from the one and puts to the other.
///
/// What waits to go in is bounded (`inputLimit`): beyond that the host keeps it.
final class LadderWorker: Sendable {
    enum Input: Sendable {
        case begin([Track], [Rung])
        case frame(KeptFrame)
        case end
    }

    enum Output: Sendable {
        case none
        /// What comes out from here on.
        case outputs([(label: String, tracks: [Track])])
        case packet(Int, FrameTimes, [UInt8])
        /// A frame of the source for the first so many outputs.
        case kept(Int, KeptFrame)
        case failed(String)
    }

    private struct Waiting {
        var input: [Input] = []
        var output: [Output] = []
        var taken = 0
        var isWorking = false
        var isClosed = false
    }

    /// Frames that may wait to be decoded: two seconds at 60 pictures and 50 blocks of sound a second.
    static let inputLimit = 220

    let host: Host
    private let outputs: TransformOutputs
    private let settings: LadderSettings
    private let waiting = Mutex(Waiting())
    /// The worker's alone.
    private let ladder = Mutex(Ladder())

    private struct Ladder: ~Copyable {
        var engine: LadderEngine?
        var video: Track?
        var rungs: [Rung] = []
        var failed = false
    }

    init(host: Host, outputs: TransformOutputs, settings: LadderSettings) {
        self.host = host
        self.outputs = outputs
        self.settings = settings
    }

    static func codec(_ track: Track) -> AVCodecID? {
        switch FourCC(rawValue: track.codec) {
        case .avc1: AV_CODEC_ID_H264
        case .hvc1: AV_CODEC_ID_HEVC
        case .av01: AV_CODEC_ID_AV1
        case .vp09: AV_CODEC_ID_VP9
        case .vp08: AV_CODEC_ID_VP8
        default: nil
        }
    }

    // MARK: - On the lane

    var isIdle: Bool { waiting.withLock { !$0.isWorking && $0.input.isEmpty && $0.output.isEmpty } }

    func put(_ input: Input) {
        waiting.withLock { $0.input.append(input) }
        work()
    }

    func put(_ frames: borrowing BorrowedFrames) throws -> Bool {
        let wanted = frames.count
        guard waiting.withLock({ $0.input.isEmpty || $0.input.count + wanted <= Self.inputLimit }) else { return false }
        try frames.forEach { frame in
            guard let buffer = frame.retain(host) else { throw PluginError("this host lends no buffers") }
            let kept = frame.withUnsafeBytes { KeptFrame(times: frame.times, bytes: $0, buffer: buffer) }
            waiting.withLock { $0.input.append(.frame(kept)) }
        }
        work()
        return true
    }

    func next() -> Output {
        waiting.withLock { state in
            guard state.taken < state.output.count else {
                state.output.removeAll(keepingCapacity: true)
                state.taken = 0
                return .none
            }
            defer {
                state.output[state.taken] = .none
                state.taken += 1
                if state.taken == state.output.count {
                    state.output.removeAll(keepingCapacity: true)
                    state.taken = 0
                }
            }
            return state.output[state.taken]
        }
    }

    /// What waits is given back; a worker that is at work finds nothing more.
    func close() {
        let (input, output) = waiting.withLock { state in
            state.isClosed = true
            defer {
                state.input = []
                state.output = []
                state.taken = 0
            }
            return (state.input, state.output)
        }
        for case .frame(let kept) in input { host.release(buffer: kept.buffer) }
        for case .kept(_, let kept) in output { host.release(buffer: kept.buffer) }
    }

    private func work() {
        let isNeeded = waiting.withLock { state in
            guard !state.isWorking, !state.isClosed, !state.input.isEmpty else { return false }
            state.isWorking = true
            return true
        }
        guard isNeeded else { return }
        Task {
            do {
                try await host.worker { self.run() }
            } catch {
                waiting.withLock { $0.isWorking = false }
                give(.failed("\(error)"))
            }
        }
    }

    // MARK: - On a worker

    private func run() {
        while true {
            let batch = waiting.withLock { state in
                defer { state.input = [] }
                state.isWorking = !state.input.isEmpty && !state.isClosed
                return state.input
            }
            guard !batch.isEmpty else { return outputs.ready() }
            ladder.withLock { ladder in
                for input in batch { step(input, &ladder) }
            }
            outputs.ready()
        }
    }

    private func give(_ output: Output) {
        let isClosed = waiting.withLock { state in
            if !state.isClosed { state.output.append(output) }
            return state.isClosed
        }
        if isClosed, case .kept(_, let kept) = output { host.release(buffer: kept.buffer) }
    }

    private func step(_ input: Input, _ ladder: inout Ladder) {
        do {
            switch input {
            case .begin(let tracks, let rungs): try begin(tracks, rungs, &ladder)
            case .frame(let kept): try take(kept, &ladder)
            case .end: try end(&ladder)
            }
        } catch {
            if !ladder.failed { give(.failed("\(error)")) }
            ladder.failed = true
            ladder.engine = nil
            if case .frame(let kept) = input { host.release(buffer: kept.buffer) }
        }
    }

    private func begin(_ tracks: [Track], _ rungs: [Rung], _ ladder: inout Ladder) throws {
        ladder = Ladder()
        guard let video = tracks.first(where: { $0.kind == .video }), let codec = Self.codec(video) else { return }
        let rate = AVRational(num: video.frameRateMilli > 0 ? Int32(clamping: video.frameRateMilli) : 30_000, den: 1000)
        let engine = try LadderEngine(
            InputTrack(codec: codec, timescale: video.timescale, configuration: video.configuration), rungs: rungs, rate: rate,
            longestKeyInterval: settings.keyIntervalMilliseconds * Int64(video.timescale) / 1000, delay: !settings.zeroLatency)
        let others = tracks.filter { $0.kind == .audio }
        var named: [(label: String, tracks: [Track])] = []
        for (index, rung) in rungs.enumerated() {
            guard
                let configuration = AVCConfiguration(
                    parameterSets: AnnexB.units(in: engine.encoders[index].configuration.span.bytes))
            else { throw PluginError("\(engine.encoders[index].name) gives no parameter sets") }
            var track = Track(id: video.id, kind: .video, codec: FourCC.avc1.rawValue, timescale: video.timescale)
            track.width = UInt32(rung.width)
            track.height = UInt32(rung.height)
            track.frameRateMilli = video.frameRateMilli
            track.bitrate = UInt32(clamping: rung.bitrate)
            track.configuration = configuration.serialized
            named.append((rung.label, [track] + others))
        }
        ladder.engine = engine
        ladder.video = video
        ladder.rungs = rungs
        give(.outputs(named))
    }

    private func take(_ kept: KeptFrame, _ ladder: inout Ladder) throws {
        guard let engine = ladder.engine, let video = ladder.video else { return host.release(buffer: kept.buffer) }
        guard kept.times.track == video.id else { return give(.kept(ladder.rungs.count, kept)) }
        try engine.feed(
            kept.bytes, pts: kept.times.pts, dts: kept.times.dts, key: kept.times.flags & SLUICE_FRAME_KEY != 0
        ) { self.packet($0, $1, video.id) }
        host.release(buffer: kept.buffer)
    }

    private func end(_ ladder: inout Ladder) throws {
        guard let engine = ladder.engine, let video = ladder.video else { return }
        ladder.engine = nil
        try engine.drain { self.packet($0, $1, video.id) }
    }

    private func packet(_ rung: Int, _ packet: UnsafePointer<AVPacket>, _ track: UInt32) {
        let bytes = UnsafeRawBufferPointer(start: packet.pointee.data, count: Int(packet.pointee.size))
        let times = FrameTimes(
            track: track, pts: packet.pointee.pts, dts: packet.pointee.dts, duration: packet.pointee.duration,
            flags: packet.pointee.flags & AV_PKT_FLAG_KEY != 0 ? SLUICE_FRAME_KEY : 0)
        give(.packet(rung, times, AnnexB.lengthPrefixed(bytes.bytes)))
    }
}
