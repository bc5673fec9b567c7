// TransformInstance: one plugin's transform of one stream, behind the C table. Confined to its input's lane, but for `announce`.
//
// It makes the calls, keeps what the plugin did not take, and holds what the plugin says until its call has returned. What becomes of
// outputs and failures is the step's (StepRun).

import CSluice
import HostConfig
import HostMedia
import SluiceJSON
import Synchronization

final class TransformInstance: @unchecked Sendable {
    /// One output as the plugin named it.
    struct Named: Sendable {
        var label: String
        var tracks: [TrackSet.Track]
    }

    let generation: PluginGeneration
    let lane: Lane
    private let table: UnsafePointer<sluice_transform_interface>
    private weak var run: StepRun?
    private var pointer: UnsafeMutableRawPointer?
    private var handle: UInt64 = 0
    private let backlog: SubscriberBacklog
    private let isAnnounced = Atomic<Bool>(false)
    /// A call of the plugin is on the stack.
    private var isCalled = false
    /// What it said of its outputs and nobody has taken up yet.
    private var said: [Named]?
    /// It has room again as far as we know: something came out, or it said so.
    private var mayOffer = false
    /// Monotonic ns.
    let opened: UInt64
    /// Its last frames come out.
    private(set) var isFlushed = false
    /// Where frames go by the plugin's index; set by the step when it takes up what was said.
    var places: [StepOutput] = []

    /// What the plugin wants the operator to see of it.
    let report = Mutex<JSONValue?>(nil)

    /// Outputs of one transform at most.
    static let outputLimit = 32
    /// Bytes of a report.
    static let reportLimit: UInt64 = 16 << 10

    init(
        _ generation: PluginGeneration, _ table: UnsafePointer<sluice_transform_interface>, run: StepRun
    ) {
        self.generation = generation
        self.table = table
        self.run = run
        lane = run.stream.lane
        opened = generation.server.now
        backlog = SubscriberBacklog(limits: generation.server.backlogLimits)
    }

    var isOpen: Bool { pointer != nil }
    /// Frames that the plugin was too slow for.
    var framesLost: UInt64 { backlog.lost }

    // MARK: Calls

    /// Opens the plugin's transform. Nil, or why not.
    /// - Parameter resumes: what a transform that failed made of the same tracks.
    func open(_ run: StepRun, settings: String, resumes: [StepOutput]) -> (text: String, code: Int32)? {
        handle = generation.server.transforms.insert(self)
        let arena = TextArena()
        var request = sluice_transform_open()
        request.struct_size = UInt32(MemoryLayout<sluice_transform_open>.size)
        request.transform = handle
        request.app = arena.text(run.stream.key.app.text)
        request.name = arena.text(run.stream.key.stream.text)
        request.step = arena.text(run.configuration.name)
        request.settings_json = arena.text(settings)
        let attributes = run.stream.attributes.map { ($0.key, $0.value) }
        request.attributes = arena.pairs(attributes)
        request.attribute_count = UInt32(attributes.count)
        let resumes = Self.resumes(resumes, arena)
        let players = generation.server.players(of: run.stream.policy.outputs)
        let codecs = players.flatMap(\.codecs)
        var error = sluice_error.make()
        let status = codecs.withUnsafeBufferPointer { codecs in
            var next = 0
            let list = players.map { player in
                defer { next += player.codecs.count }
                return sluice_transform_player(
                    struct_size: UInt32(MemoryLayout<sluice_transform_player>.size), codec_count: UInt32(player.codecs.count),
                    output: arena.text(player.output), codecs: codecs.baseAddress.map { $0 + next })
            }
            return list.withUnsafeBufferPointer { list in
                request.players = list.isEmpty ? nil : list.baseAddress
                request.player_stride = UInt32(MemoryLayout<sluice_transform_player>.stride)
                request.player_count = UInt32(list.count)
                return resumes.withUnsafeBufferPointer { resumes in
                    request.resumes = resumes.isEmpty ? nil : resumes.baseAddress
                    request.resume_stride = UInt32(MemoryLayout<sluice_transform_resume>.stride)
                    request.resume_count = UInt32(resumes.count)
                    return withExtendedLifetime(arena) {
                        generation.call(.transformOpen, else: SLUICE_E_CANCELLED) {
                            table.pointee.open?(generation.instance, &request, &pointer, &error) ?? SLUICE_E_FAILED
                        }
                    }
                }
            }
        }
        guard status == SLUICE_OK, pointer != nil else {
            pointer = nil
            generation.server.transforms.remove(handle)
            return (error.reason(or: "open failed with status \(status)"), min(status, SLUICE_E_FAILED))
        }
        generation.leases.transforms.wrappingAdd(1, ordering: .relaxed)
        return nil
    }

    private static func resumes(_ outputs: [StepOutput], _ arena: TextArena) -> [sluice_transform_resume] {
        outputs.filter { $0.publication != nil }.flatMap { output in
            let label = arena.text(output.label)
            return output.tracks.compactMap { track in
                output.newest[track.id].map { newest -> sluice_transform_resume in
                    let size = UInt32(MemoryLayout<sluice_transform_resume>.size)
                    return sluice_transform_resume(
                        struct_size: size, track: track.id, timescale: track.timescale, reserved: 0, pts: newest, label: label)
                }
            }
        }
    }

    /// Tells the tracks of the input.
    func negotiate(_ tracks: TrackSet, discontinuity: Bool) -> TransformOutcome {
        backlog.tracksChanged(tracks)
        isFlushed = false
        return call(.negotiate) { error in
            table.pointee.negotiate?(
                pointer, tracks.raw.baseAddress, UInt32(MemoryLayout<sluice_track>.stride), UInt32(tracks.raw.count),
                discontinuity ? SLUICE_TRACKS_DISCONTINUITY : 0, error) ?? SLUICE_E_UNSUPPORTED
        }
    }

    /// Offers frames behind those that it did not take.
    func send(_ frames: UnsafeBufferPointer<sluice_frame>) -> TransformOutcome {
        mayOffer = false
        var outcome = TransformOutcome.done
        _ = backlog.offer(frames) { frames in
            outcome = call(.send) { error in
                table.pointee.send?(
                    pointer, frames.baseAddress, UInt32(MemoryLayout<sluice_frame>.stride), UInt32(frames.count), error)
                    ?? SLUICE_E_UNSUPPORTED
            }
            return outcome.status
        }
        return outcome
    }

    /// Offers what it did not take, once something says that it may now.
    func sendRest() -> TransformOutcome {
        guard mayOffer, backlog.count > 0 else { return .notNow }
        return send(UnsafeBufferPointer(start: nil, count: 0))
    }

    /// Asks once for what comes out; `take` gets borrowed frames by output.
    func receive(_ take: @escaping (Int, UnsafePointer<sluice_frame>, Int, Int) -> Void) -> TransformOutcome {
        let taker = Taker(take)
        var outcome = withExtendedLifetime(taker) {
            call(.receive) { error in
                table.pointee.receive?(
                    pointer,
                    { context, output, frames, stride, count in
                        guard let context, let frames, Int(stride) >= MemoryLayout<sluice_frame>.size else { return }
                        let taker = Unmanaged<Taker>.fromOpaque(context).takeUnretainedValue()
                        taker.isUsed = true
                        taker.take(Int(output), frames, Int(stride), Int(count))
                    }, Unmanaged.passUnretained(taker).toOpaque(), error) ?? SLUICE_E_UNSUPPORTED
            }
        }
        if taker.isUsed { mayOffer = true }
        // One that says "again" and brings nothing has nothing.
        if case .done = outcome, !taker.isUsed, said == nil { outcome = .notNow }
        return outcome
    }

    /// Nothing more comes in before the next negotiate.
    func flush() -> TransformOutcome {
        guard !isFlushed else { return .done }
        isFlushed = true
        if backlog.count > 0 {
            mayOffer = true
            if case .failed(let reason, let code) = sendRest() { return .failed(reason, code) }
        }
        return call(.flush) { table.pointee.flush?(pointer, $0) ?? SLUICE_OK }
    }

    func attributesChanged(_ attributes: [(String, String)]) {
        guard pointer != nil, let changed = table.pointee.attributes else { return }
        let arena = TextArena()
        let pairs = arena.pairs(attributes)
        withExtendedLifetime(arena) {
            generation.call(.transformAttributes) { changed(pointer, pairs, UInt32(attributes.count)) }
        }
    }

    func close(reason: String) {
        guard let pointer else { return }
        self.pointer = nil
        generation.server.transforms.remove(handle)
        backlog.clear()
        places = []
        BorrowedText.with(reason) { reason in generation.call(.transformClose) { table.pointee.close?(pointer, reason) } }
        generation.leases.transforms.wrappingSubtract(1, ordering: .relaxed)
    }

    private func call(
        _ function: PluginCall, _ body: (UnsafeMutablePointer<sluice_error>) -> Int32
    ) -> TransformOutcome {
        guard pointer != nil else { return .failed("it is closed", SLUICE_E_STATE) }
        var error = sluice_error.make()
        isCalled = true
        let status = generation.call(function, else: SLUICE_E_CANCELLED) { body(&error) }
        isCalled = false
        if status >= 0 { return status == SLUICE_OK ? .done : status == SLUICE_TRANSFORM_END ? .ended : .notNow }
        return .failed(error.reason(or: "\(function.name) failed with status \(status)"), status)
    }

    // MARK: What the plugin says

    /// [lane, inside a call] Its outputs from now on; refused ones change nothing.
    func say(_ outputs: [Named]) throws(TransformRefusal) {
        guard isCalled else { throw .notInACall }
        guard outputs.count <= Self.outputLimit else { throw .tooMany(outputs.count) }
        var seen: Set<String> = []
        for output in outputs {
            guard StepLabel.isValid(output.label) else { throw .label(output.label) }
            guard seen.insert(output.label).inserted else { throw .twice(output.label) }
            do { _ = try TrackSet(output.tracks) } catch { throw .tracks(output.label, error) }
        }
        said = outputs
    }

    /// It has named its outputs, and nobody has taken them up.
    var hasSaid: Bool { said != nil }

    /// What was said since the last time.
    func takeSaid() -> [Named]? {
        defer { said = nil }
        return said
    }

    /// [any] A picture of the input as it is now. `false`: the step is over.
    func show(_ still: StillPicture) -> Bool {
        guard let run else { return false }
        run.stream.still.withLock { $0 = still }
        return true
    }

    /// [any] There is something to receive, or room: the step looks, in a turn of its own.
    func announce() {
        guard isAnnounced.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged else {
            return
        }
        lane.post {
            self.isAnnounced.store(false, ordering: .releasing)
            self.mayOffer = true
            self.run?.isReady(self)
        }
    }

    /// A closure on its way through C.
    private final class Taker {
        let take: (Int, UnsafePointer<sluice_frame>, Int, Int) -> Void
        var isUsed = false
        init(_ take: @escaping (Int, UnsafePointer<sluice_frame>, Int, Int) -> Void) { self.take = take }
    }
}

/// What came of a call into a transform.
enum TransformOutcome {
    case done
    /// `SLUICE_AGAIN`.
    case notNow
    /// `SLUICE_TRANSFORM_END`.
    case ended
    case failed(String, Int32)

    /// For the backlog, which only tells "none taken" from the rest.
    var status: Int32 {
        switch self {
        case .notNow: SLUICE_AGAIN
        case .failed(_, let code): code
        case .done, .ended: SLUICE_OK
        }
    }
}

/// Why a transform's outputs are not what it says.
enum TransformRefusal: Error, CustomStringConvertible {
    case notInACall, tooMany(Int), label(String), twice(String), tracks(String, TrackSet.Refusal)

    var code: Int32 { if case .notInACall = self { SLUICE_E_STATE } else { SLUICE_E_INVALID } }

    var description: String {
        switch self {
        case .notInACall: "set_outputs is for negotiate, send, receive and flush"
        case .tooMany(let count): "\(count) outputs; at most \(TransformInstance.outputLimit)"
        case .label(let label):
            "'\(label.prefix(64))' is no label: 1 to 64 of A-Z a-z 0-9 . _ -, beginning with a letter or digit"
        case .twice(let label): "two outputs are called '\(label)'"
        case .tracks(let label, let refusal): "output '\(label)': \(refusal)"
        }
    }
}
