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
    /// When it came, monotonic ns.
    var arrival: UInt64 = 0
}

/// What goes in waits here, what comes out waits here, and a worker thread of the host's takes from the one and puts to the other.
///
/// What waits to go in is bounded (`inputLimit`): beyond that the host keeps it.
final class LadderWorker: Sendable {
    enum Input: Sendable {
        /// Without a plan: no pictures. With a time: what there is of the rungs up to there has been given.
        case begin([Track], LadderPlan?, AudioChoice, from: Int64?)
        case change(LadderPlan)
        case frame(KeptFrame)
        case end
    }

    enum Output: Sendable {
        case none
        /// What comes out from here on.
        case outputs([(label: String, tracks: [Track])])
        case packet(Int, FrameTimes, [UInt8])
        /// A frame for some outputs: of the source, or sound that was encoded for all of them.
        case kept(Range<Int>, KeptFrame)
        case failed(String)
    }

    private struct Waiting {
        var input: [Input] = []
        var output: [Output] = []
        var taken = 0
        var isWorking = false
        var isClosed = false
    }

    /// The label of the rendition with the source's own pictures.
    static let bridged = "bridged"
    /// That of sound with a slate.
    static let slate = "slate"

    /// Frames that may wait to be decoded: two seconds at 60 pictures and 50 blocks of sound a second.
    static let inputLimit = 220

    let host: Host
    let outputs: TransformOutputs
    let settings: LadderSettings
    let app: String
    let name: String
    let folder: String
    let figures: LadderFigures
    private let waiting = Mutex(Waiting())
    /// The worker's alone.
    private let ladder: Mutex<Ladder>

    struct Ladder: ~Copyable {
        var engine: LadderEngine?
        var video: Track?
        var plan: LadderPlan?
        var audio: LadderAudio
        /// The source's pictures go to the output after the rungs'.
        var isBridged = false
        /// Pictures for sound that has none, and the track that they follow.
        var slate: SlateEngine?
        var slateID: UInt32 = 0
        var sound: Track?
        var failed = false
        var figures: [RungFigures] = []
        var noted: UInt64 = 0

        var outputs: Range<Int> { 0..<(engine?.running.count ?? 0) + (slate == nil ? 0 : 1) + (isBridged ? 1 : 0) }

        init(audio: LadderAudio) { self.audio = audio }
    }

    init(_ request: TransformRequest, _ settings: LadderSettings, _ figures: LadderFigures) {
        host = request.host
        outputs = request.outputs
        self.settings = settings
        app = request.app
        name = request.name
        folder = request.host.dataFolder
        self.figures = figures
        ladder = Mutex(Ladder(audio: LadderAudio(host: host)))
    }

    /// Any thread: what cannot be had.
    func warn(_ reason: String) {
        host.log(.warning, "a ladder does without", ["stream": "\(app)/\(name)", "reason": reason])
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
        let now = host.monotonicNanoseconds
        guard waiting.withLock({ $0.input.isEmpty || $0.input.count + wanted <= Self.inputLimit }) else { return false }
        try frames.forEach { frame in
            guard let buffer = frame.retain(host) else { throw PluginError("this host lends no buffers") }
            let kept = frame.withUnsafeBytes { KeptFrame(times: frame.times, bytes: $0, buffer: buffer, arrival: now) }
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

    func give(_ output: Output) {
        let isClosed = waiting.withLock { state in
            if !state.isClosed { state.output.append(output) }
            return state.isClosed
        }
        if isClosed, case .kept(_, let kept) = output { host.release(buffer: kept.buffer) }
    }

    private func step(_ input: Input, _ ladder: inout Ladder) {
        do {
            switch input {
            case .begin(let tracks, let plan, let choice, let time):
                try begin(tracks, plan, choice, &ladder)
                if let time { ladder.engine?.begin(behind: time) }
            case .change(let plan): try change(plan, &ladder)
            case .frame(let kept): try take(kept, &ladder)
            case .end: try end(&ladder)
            }
        } catch {
            if !ladder.failed { give(.failed("\(error)")) }
            ladder.failed = true
            ladder.engine = nil
            ladder.video = nil
            ladder.slate = nil
            ladder.audio = LadderAudio(host: host)
        }
    }
}
