// StepRun: one step of an app on one stream: the plugin's transform, its successor while it is replaced, and the streams that come out.
//
// Confined to the input's lane. A transform that fails is closed, told, and opened again after a while; the input and its other outputs
// never notice. A successor is opened beside the one that serves, and takes over at the input's next key frame.

import CSluice
import HostConfig
import HostMedia
import HostNet
import HostPaths
import NIOCore

final class StepRun: StreamSubscriber, @unchecked Sendable {
    private(set) var configuration: StepConfiguration
    let stream: LiveStream
    private var server: Server { stream.server }
    /// What frames go to.
    private(set) var current: TransformInstance?
    /// Opened, and waits for a frame that decoding can begin at.
    private(set) var next: TransformInstance?
    /// Replaced and flushed: its last frames go out before those of its successor.
    private var leaving: TransformInstance?
    private(set) var outputs: [StepOutput] = []
    private var tracks: TrackSet?
    private var videoTracks: Set<UInt32> = []
    /// No transform of its plugin serves, and why.
    private(set) var reason = ""
    private(set) var backoff = Backoff()
    private var retry: Scheduled<Void>?
    private var endOfFlush: Scheduled<Void>?
    private var awaitsStart = false
    /// What comes out next does not continue what came.
    private var isBreakDue = false
    /// What the input holds since its last key frame has gone in a second time.
    private var isRepeated = false
    /// Not with these tracks.
    private var isUnsupported = false
    private var isClosed = false
    /// A moment of the input's timeline and the wall clock's time then.
    private(set) var clock: (nanoseconds: Int64, wall: Int64)?
    private(set) var failuresInAll = 0

    /// Calls of `receive` in one turn.
    private static let rounds = 256
    private static let flushTime = TimeAmount.seconds(2)
    /// ns
    private static let makeTime: UInt64 = 5_000_000_000

    init(_ configuration: StepConfiguration, on stream: LiveStream) {
        self.configuration = configuration
        self.stream = stream
    }

    // MARK: Life

    /// Opens the plugin's transform, with the tracks that the stream has.
    private func open() {
        retry?.cancel()
        retry = nil
        guard !isClosed, current == nil, let tracks, !isUnsupported else { return }
        // What was on air goes on from where it is, by what the input holds since its last key frame: once, since that may be what ended it.
        let isResumed = isBreakDue && !isRepeated && outputs.contains { $0.publication != nil }
        let made: TransformInstance
        switch make(tracks, discontinuity: isBreakDue, resumes: isResumed ? outputs : []) {
        case .success(let instance): made = instance
        case .failure(let failure): return failed(failure.text, failure.code)
        }
        reason = ""
        awaitsStart = true
        isBreakDue = isBreakDue || outputs.contains { $0.publication != nil }
        current = made
        backoff.begins(at: server.now)
        if isResumed { repeatRing() }
        if current === made { pump(made) }
    }

    private func repeatRing() {
        for output in outputs { output.mayRepeat() }
        stream.media.withRing { frames in
            awaitsStart = false
            isRepeated = true
            offer(frames[...])
        }
    }

    private struct Failure: Error {
        var text: String
        var code = SLUICE_E_FAILED
    }

    private func make(
        _ tracks: TrackSet, discontinuity: Bool, resumes: [StepOutput] = []
    ) -> Result<TransformInstance, Failure> {
        guard let generation = server.registry.active(configuration.use),
            let table: UnsafePointer<sluice_transform_interface> = generation.interface(SLUICE_INTERFACE_TRANSFORM)
        else { return .failure(Failure(text: "the plugin \(configuration.use) is not in service", code: SLUICE_E_NOT_FOUND)) }
        let instance = TransformInstance(generation, table, run: self)
        let settings = server.stepSettings(stream.key.app.text, configuration)
        if let why = instance.open(self, settings: settings, resumes: resumes) {
            generation.failed(why.code, "a transform was refused: \(why.text)")
            return .failure(Failure(text: why.text, code: why.code))
        }
        if case .failed(let why, let code) = instance.negotiate(tracks, discontinuity: discontinuity) {
            instance.close(reason: "negotiate failed")
            generation.failed(code, "a transform failed: \(why)")
            return .failure(Failure(text: why, code: code))
        }
        return .success(instance)
    }

    /// There is no transform now: tells why, and tries again when that may help.
    private func failed(_ why: String, _ code: Int32) {
        let isNew = reason != why
        reason = why
        failuresInAll += 1
        isBreakDue = true
        let delay = code == SLUICE_E_BACKEND ? backoff.waits(at: server.now) : backoff.fails(at: server.now)
        if code == SLUICE_E_NOT_FOUND || code == SLUICE_E_UNSUPPORTED || backoff.isHopeless { endOutputs(why) }
        if isNew || (code != SLUICE_E_BACKEND && !backoff.isHopeless) {
            var words = [
                "plugin": configuration.use, "step": configuration.name, "stream": stream.key.description, "reason": why,
            ]
            if code != SLUICE_E_NOT_FOUND, code != SLUICE_E_UNSUPPORTED { words["again_in_ms"] = "\(delay / 1_000_000)" }
            server.log.error("step failed", words)
            server.events.emit(
                "step.failed",
                [
                    "app": .string(stream.key.app.text), "stream": .string(stream.key.stream.text),
                    "step": .string(configuration.name), "plugin": .string(configuration.use), "reason": .string(why),
                ])
        }
        isUnsupported = code == SLUICE_E_UNSUPPORTED
        guard code != SLUICE_E_NOT_FOUND, !isUnsupported else { return }
        retry = stream.lane.loop.scheduleTask(in: .nanoseconds(Int64(clamping: delay))) { [weak self] in
            guard let self else { return }
            self.retry = nil
            self.open()
            self.stream.lane.settle()
        }
    }

    private func fail(_ instance: TransformInstance, _ why: String, _ code: Int32) {
        instance.generation.failed(code, "a transform failed: \(why)")
        instance.close(reason: "it failed: \(why)")
        if instance === leaving { return finishLeaving() }
        if instance === next {
            next = nil
            return
        }
        guard instance === current else { return }
        current = nil
        if let next {
            self.next = nil
            isBreakDue = true
            awaitsStart = true
            current = next
            return pump(next)
        }
        failed(why, code)
    }

    /// The stream ended, or the step is not configured any more.
    func close(reason: String) {
        guard !isClosed else { return }
        isClosed = true
        retry?.cancel()
        endOfFlush?.cancel()
        for one in [leaving, current, next] { one?.close(reason: reason) }
        (leaving, current, next) = (nil, nil, nil)
        endOutputs(reason)
    }

    private func endOutputs(_ reason: String) {
        for output in outputs { output.end(reason) }
        outputs = []
        for one in [current, leaving] { one?.places = [] }
    }

    // MARK: Replacing

    /// The plugin came into service.
    func openMissing() {
        guard current == nil else { return }
        backoff.reset()
        isUnsupported = false
        open()
    }

    /// Another generation of the plugin serves, or the settings are others: one beside takes over at the next key frame.
    func replace(_ changed: StepConfiguration? = nil) {
        if let changed { configuration = changed }
        guard !isClosed else { return }
        guard current != nil, let tracks else { return openMissing() }
        next?.close(reason: "replaced")
        next = nil
        switch make(tracks, discontinuity: true) {
        case .success(let instance): next = instance
        case .failure(let failure):
            server.log.error(
                "step goes on as it was",
                [
                    "plugin": configuration.use, "step": configuration.name, "stream": stream.key.description,
                    "reason": failure.text,
                ])
        }
    }

    /// Whether a successor can go on where the other one stops: it knows what comes out. One that says so only with the first frames
    /// is not waited for longer than `makeTime`.
    private func isMade(_ successor: TransformInstance) -> Bool {
        successor.hasSaid || server.now &- successor.opened > Self.makeTime
    }

    /// A generation has to let go; another one takes over now, or the step waits for one.
    func close(of generation: PluginGeneration, _ why: String) {
        if next?.generation === generation {
            next?.close(reason: why)
            next = nil
        }
        if leaving?.generation === generation { finishLeaving() }
        guard let current, current.generation === generation else { return }
        self.current = nil
        current.close(reason: why)
        isBreakDue = true
        if let next {
            self.next = nil
            awaitsStart = true
            self.current = next
            return pump(next)
        }
        open()
    }

    /// Whether code of that plugin's other generation serves it.
    func isServed(by id: String, otherThan generation: PluginGeneration) -> Bool {
        guard configuration.use == id else { return false }
        return next.map { $0.generation !== generation } ?? (current.map { $0.generation !== generation } ?? false)
    }

    private func takeOver(_ successor: TransformInstance) {
        finishLeaving()
        next = nil
        let old = current
        current = successor
        isBreakDue = true
        awaitsStart = true
        guard let old else { return }
        leaving = old
        if case .failed = old.flush() { return finishLeaving() }
        guard !drain(old) else { return finishLeaving() }
        waitForFlush { $0.finishLeaving() }
    }

    private func finishLeaving() {
        guard let leaving else { return }
        self.leaving = nil
        endOfFlush?.cancel()
        leaving.close(reason: "replaced")
        if let current { pump(current) }
    }

    private func waitForFlush(_ then: @escaping @Sendable (StepRun) -> Void) {
        endOfFlush?.cancel()
        endOfFlush = stream.lane.loop.scheduleTask(in: Self.flushTime) { [weak self] in
            guard let self else { return }
            then(self)
            self.stream.lane.settle()
        }
    }

    // MARK: StreamSubscriber

    func tracks(_ tracks: TrackSet, discontinuity: Bool) {
        guard !isClosed else { return }
        self.tracks = tracks
        videoTracks = Set(tracks.tracks.lazy.filter(\.isVideo).map(\.id))
        clock = nil
        isRepeated = false
        for output in outputs { output.forget() }
        finishLeaving()
        if isUnsupported {
            isUnsupported = false
            backoff.reset()
        }
        if let next, case .failed(let why, let code) = next.negotiate(tracks, discontinuity: true) { fail(next, why, code) }
        guard let current else {
            isBreakDue = isBreakDue || discontinuity
            return open()
        }
        if case .failed(let why, let code) = current.flush() { return fail(current, why, code) }
        drain(current)
        guard self.current === current else { return }
        awaitsStart = true
        isBreakDue = isBreakDue || discontinuity
        if case .failed(let why, let code) = current.negotiate(tracks, discontinuity: discontinuity) {
            return fail(current, why, code)
        }
        pump(current)
    }

    func frames(_ frames: UnsafeBufferPointer<sluice_frame>) {
        guard !isClosed, !frames.isEmpty else { return }
        if let last = frames.last, let scale = tracks?.track(last.track)?.timescale {
            clock = (Timeline.nanoseconds(last.pts, scale), last.wall_us)
        }
        var rest = frames[...]
        if isRepeated, frames.contains(where: isStart) { isRepeated = false }
        if next != nil || awaitsStart {
            guard let start = frames.firstIndex(where: isStart) else { return awaitsStart ? () : offer(frames[...]) }
            let isDue = next.map { awaitsStart || isMade($0) } ?? false
            if let next, isDue {
                if !awaitsStart { offer(frames[..<start]) }
                takeOver(next)
            }
            if isDue || awaitsStart { rest = frames[start...] }
            awaitsStart = false
        }
        offer(rest)
    }

    private func offer(_ frames: Slice<UnsafeBufferPointer<sluice_frame>>) {
        guard let current, !frames.isEmpty else { return }
        if case .failed(let why, let code) = current.send(UnsafeBufferPointer(rebasing: frames)) {
            return fail(current, why, code)
        }
        pump(current)
    }

    private func isStart(_ frame: sluice_frame) -> Bool {
        frame.flags & SLUICE_FRAME_KEY != 0 && (videoTracks.isEmpty || videoTracks.contains(frame.track))
    }

    func publisher(lost: Bool) {
        guard !isClosed else { return }
        finishLeaving()
        endOfFlush?.cancel()
        guard lost, let current else { return endOutputs("the publisher of \(stream.key) has gone") }
        if case .failed(let why, let code) = current.flush() { return fail(current, why, code) }
        guard !drain(current) else { return endOutputs("the publisher of \(stream.key) has gone") }
        waitForFlush { $0.endOutputs("the publisher of \($0.stream.key) has gone") }
    }

    func attributesChanged(_ attributes: [(String, String)]) {
        for one in [current, next] { one?.attributesChanged(attributes) }
    }

    // MARK: What comes out

    /// The transform has something, or room.
    func isReady(_ instance: TransformInstance) {
        if instance === leaving {
            if drain(instance) { finishLeaving() }
        } else if instance === current {
            pump(instance)
        } else if instance === next, !instance.hasSaid {
            // Nothing went in: all that can come is what it makes.
            if case .failed(let why, let code) = instance.receive({ _, _, _, _ in }) { fail(instance, why, code) }
        }
    }

    private func pump(_ instance: TransformInstance) {
        guard drain(instance), instance === current, instance.isFlushed, stream.current == nil else { return }
        endOfFlush?.cancel()
        endOutputs("the publisher of \(stream.key) has gone")
    }

    /// Takes what comes out, and gives in what was kept. Whether all that went in before the flush has come out.
    @discardableResult
    private func drain(_ instance: TransformInstance) -> Bool {
        // Its turn comes when the one before has said its last.
        guard instance === leaving || (instance === current && leaving == nil) else { return false }
        for _ in 0..<Self.rounds {
            takeUp(instance)
            let outcome = instance.receive { [unowned instance] output, frames, stride, count in
                guard instance.places.indices.contains(output) else { return }
                instance.places[output].push(frames, stride: stride, count: count)
            }
            takeUp(instance)
            switch outcome {
            case .done: continue
            case .ended: return true
            case .notNow:
                switch instance.sendRest() {
                case .done: continue
                case .failed(let why, let code): fail(instance, why, code)
                case .notNow, .ended: break
                }
                return false
            case .failed(let why, let code):
                fail(instance, why, code)
                return false
            }
        }
        instance.announce()
        return false
    }

    /// What the plugin said of its outputs holds from now on.
    private func takeUp(_ instance: TransformInstance) {
        guard let said = instance.takeSaid() else { return }
        let anew = isBreakDue && instance === current
        if anew { isBreakDue = false }
        for output in outputs where !said.contains(where: { $0.label == output.label }) {
            output.end("the step \(configuration.name) does not make it any more")
        }
        let known = outputs
        outputs = said.map { named in known.first { $0.label == named.label } ?? StepOutput(named.label, self) }
        for (output, named) in zip(outputs, said) { output.begin(named.tracks, anew: anew) }
        instance.places = outputs
        stream.steps.outputsNamed(by: self)
    }

    func housekeep(at now: UInt64) {
        guard current != nil, stream.current != nil else { return }
        for output in outputs { output.housekeep(at: now) }
    }
}
