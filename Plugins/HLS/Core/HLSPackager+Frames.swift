import Formats

extension HLSPackager {
    /// Longest distance of presentation from decoding time, seconds.
    private static let maximumComposition: Int64 = 10

    /// One access unit. `wallClockMs` is the wall clock of its presentation time, milliseconds since 1970.
    ///
    /// Times count in the track's timescale and rise strictly within a track; what does not is dropped and counted. Never throws.
    public mutating func frame(_ timing: FrameTiming, payload: UnsafeRawBufferPointer, wallClockMs: Int64) {
        guard !hasEnded, !timing.flags.contains(.config), payload.count > 0,
            let index = inputs.firstIndex(where: { $0.description.id == timing.track }),
            let (dts, pts) = times(timing, inputs[index].clock)
        else {
            if hasEnded || !takeMessage(timing, payload: payload) { droppedFrames += 1 }
            return
        }
        if timing.flags.contains(.discontinuity), inputs[index].arrived != nil { endRun() }
        settleOrigin(index, dts: dts, pts: pts)
        guard var frame = place(dts: dts, pts: pts, index, payload, timing.flags) else {
            droppedFrames += 1
            return
        }
        if isGap(index, frame) {
            endRun()
            guard let again = place(dts: dts, pts: pts, index, payload, timing.flags) else { return }
            frame = again
        }
        if index == 0 {
            lead(frame, wallClockMs: wallClockMs)
        } else {
            follow(index, frame)
        }
    }

    private func times(_ timing: FrameTiming, _ clock: TrackClock) -> (dts: Int64, pts: Int64)? {
        let dts = timing.dts == FrameTiming.unknown ? timing.pts : timing.dts
        let pts = timing.pts == FrameTiming.unknown ? timing.dts : timing.pts
        guard dts != FrameTiming.unknown, clock.accepts(dts), clock.accepts(pts) else { return nil }
        // Both are far from overflow: accepts.
        guard abs(pts - dts) <= HLSPackager.maximumComposition * clock.source else { return nil }
        return (dts, pts)
    }

    /// The file's times are the stream's and a second (audio may begin a little before the video), so that streams on one line have the same:
    /// a source and its renditions, whenever they begin. Only a run that would start before the end of the last one, decoded or shown,
    /// starts there: players that know nothing of discontinuities see times that never run back.
    private mutating func settleOrigin(_ index: Int, dts: Int64, pts: Int64) {
        let time = inputs[index].clock.sourceMicros(dts)
        guard let origin else { return setOrigin(min(0, time) - 1_000_000) }
        guard !isRunning, index == 0 else { return }
        let composition = inputs[index].clock.sourceMicros(pts) - time
        let reached = max(renditions.map { $0.reachedMicros }.max() ?? 0, presented - composition)
        guard time - origin < reached else { return }
        setOrigin(time - reached)
        for other in inputs.indices { inputs[other].reset() }
    }

    private mutating func setOrigin(_ micros: Int64) {
        origin = micros
        for index in inputs.indices { inputs[index].clock.setOrigin(micros: micros) }
    }

    /// The frame with its time in the file; nil if that is not later than the track's last.
    private mutating func place(
        dts: Int64, pts: Int64, _ index: Int, _ payload: UnsafeRawBufferPointer, _ flags: FrameFlags
    ) -> QueuedFrame? {
        var start = inputs[index].clock.ticks(dts)
        let samples = inputs[index].samples(of: payload)
        if samples > 0, let placed = inputs[index].cadence?.place(start, frame: samples) { start = placed }
        guard start >= inputs[index].earliest else { return nil }
        let isAudio = inputs[index].media.kind == .audio
        return QueuedFrame(
            start: start, duration: 0, composition: isAudio ? 0 : inputs[index].clock.span(pts - dts),
            isKey: isAudio || flags.contains(.key), isDroppable: flags.contains(.droppable), payload: Array(payload))
    }

    /// Whether the whole source, not just this track, jumped ahead by more than a segment can hold.
    private func isGap(_ index: Int, _ frame: QueuedFrame) -> Bool {
        guard isRunning, let before = inputs[index].arrived else { return false }
        let limit = Int64(configuration.segmentMs) * 1000
        let jump = inputs[index].clock.micros(frame.start - before)
        guard jump > limit, inputs[index].micros(frame.start) > passed + limit else { return false }
        if jump > longestJump { return true }
        for other in inputs.indices where other != index {
            guard let arrived = inputs[other].arrived else { continue }
            if inputs[other].micros(arrived) > inputs[index].micros(before) + limit / 2 { return false }
        }
        return true
    }

    /// Further than this no track's time is pushed or filled, microseconds.
    var longestJump: Int64 { 4 * max(skew, Int64(configuration.segmentMs) * 1000) }

    // MARK: The leading track

    private mutating func lead(_ frame: QueuedFrame, wallClockMs: Int64) {
        if !isRunning {
            guard frame.isKey, gridPlace(frame, wallClockMs) != .early else {
                droppedFrames += 1
                return
            }
            startRun(frame, wallClockMs: wallClockMs)
        }
        if frame.isKey { keyFrames.add(frame.start) }
        let before = inputs[0].replacePending(by: frame)
        passed = max(passed, inputs[0].micros(frame.start))
        for index in inputs.indices.dropFirst() where inputs[index].rendition == leading { drain(index) }
        if let before {
            commitLead(before)
        } else if inputs[0].position != nil {
            passTime(to: frame.start)
        }
        if endsSegment(before: frame, wallClockMs) { endLeadingSegment(at: frame.start) }
        let begins = renditions[leading].open == nil
        beginLeadingSegment(at: frame.start)
        if frame.isKey { tellGrid(frame, wallClockMs, begins: begins) }
        for index in inputs.indices.dropFirst() {
            fillIfLate(index)
            drain(index)
        }
    }

    /// The first frame of a run: fixes wall clock and, where the source's time ran back, a new origin.
    private mutating func startRun(_ frame: QueuedFrame, wallClockMs: Int64) {
        isRunning = true
        resumeNumbers(frame, wallClockMs)
        inputs[0].shift = inputs[0].media.kind == .video ? frame.composition : 0
        passed = inputs[0].micros(frame.start)
        runStart = passed
        wallOffset = wallClockMs &- passed / 1000
        keyFrames.interrupt()
        for index in inputs.indices.dropFirst() { discardEarly(index, before: passed) }
    }

    /// Puts a frame with its duration into the rendition; one longer than a segment may be is cut over several.
    mutating func commitLead(_ frame: QueuedFrame) {
        beginLeadingSegment(at: frame.start)
        let sample = frame.sample
        (frame.payload ?? []).withUnsafeBytes { renditions[leading].add(sample, at: frame.start, payload: $0) }
        presented = max(presented, inputs[0].clock.micros(frame.start + sample.duration + frame.composition))
        passTime(to: frame.start + sample.duration)
        if renditions[leading].open.map({ $0.byteCount > configuration.maximumBytes / 4 }) ?? false {
            endLeadingSegment(at: frame.start + sample.duration)
        }
    }

    /// Lets the leading rendition's time run to `end`, cutting parts, and segments where they would be too long.
    private mutating func passTime(to end: Int64) {
        let estimate = inputs[0].shortestNext
        while let open = renditions[leading].open, end - open.start > segmentLimit {
            let parts = max(1, (segmentLimit - (renditions[leading].partStart - open.start)) / renditions[leading].cut.target)
            let stop = renditions[leading].partStart + parts * renditions[leading].cut.target
            guard stop < end else { break }
            renditions[leading].extend(to: stop, next: estimate)
            endLeadingSegment(at: stop)
            beginLeadingSegment(at: stop)
        }
        renditions[leading].extend(to: end, next: estimate)
        inputs[0].position = end
    }

    private mutating func beginLeadingSegment(at start: Int64) {
        renditions[leading].begin(
            at: start, wallClockMs: wallClock(inputs[0].micros(start)), id3: configuration.segmentID3)
    }

    /// Wall clock of a time on the common line.
    func wallClock(_ micros: Int64) -> Int64 { wallOffset &+ micros / 1000 }

    /// The longest that a segment may become, ticks: its EXTINF has to round to the target duration.
    private var segmentLimit: Int64 {
        let milliseconds = targetDuration.map { Int64($0) * 1000 + 430 } ?? Int64(configuration.maximumSegmentMs)
        return renditions[leading].timescale * milliseconds / 1000
    }

    /// Whether the segment being written ends before this frame.
    private func endsSegment(before frame: QueuedFrame, _ wallClockMs: Int64) -> Bool {
        guard let open = renditions[leading].open else { return false }
        let length = frame.start - open.start
        guard length > 0 else { return false }
        if frame.isKey, gridEnds(frame, wallClockMs, wanted: isDue(length)) { return true }
        return length + inputs[0].lastDuration > segmentLimit
    }

    /// Whether a segment of this length ends at a key frame.
    private func isDue(_ length: Int64) -> Bool {
        let target = renditions[leading].timescale * Int64(configuration.segmentMs) / 1000
        // A little early is right: rounded times, and HEVC's open GOPs, whose key frames are decoded early.
        if length >= target - target / 20 { return true }
        // The next key frame would come too late.
        return length >= renditions[leading].cut.target && length + keyFrames.longest > segmentLimit
    }

    private mutating func endLeadingSegment(at end: Int64) {
        guard let open = renditions[leading].open, end > open.start else { return }
        renditions[leading].closeSegment(at: end)
        settleTargetDuration()
        let micros = inputs[0].micros(end)
        for index in renditions.indices where index != leading && !renditions[index].hasEnded { boundaries[index].append(micros) }
        trim(leading)
    }

    /// The first segment fixes the target duration for the stream's life.
    mutating func settleTargetDuration() {
        guard targetDuration == nil, let first = renditions[leading].segments.first else { return }
        let rounded = TrackClock.rescale(first.duration, from: first.timescale, to: 1)
        let own = max((configuration.segmentMs + 999) / 1000, Int(clamping: rounded))
        targetDuration = grid?.targetDuration(own) ?? own
    }

    func trimBudget(_ index: Int) -> Int {
        let others = renditions.indices.reduce(0) { $1 == index ? $0 : $0 + renditions[$1].byteCount }
        return max(configuration.maximumBytes - others, configuration.maximumBytes / 4)
    }

    mutating func trim(_ index: Int) {
        renditions[index].trim(configuration, targetDuration: targetDuration ?? 1, maximumBytes: trimBudget(index))
    }

    /// The leading track is silent while another goes on: lets its time pass.
    mutating func pushLead(to micros: Int64) {
        let end = inputs[0].ticks(micros: micros)
        if var frame = inputs[0].pending {
            guard end > frame.start else { return }
            frame.duration = end - frame.start
            inputs[0].pending = nil
            commitLead(frame)
        } else {
            guard let position = inputs[0].position, end > position else { return }
            passTime(to: end)
        }
        passed = max(passed, micros)
    }
}
