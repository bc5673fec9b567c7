import Formats

/// Tracks that do not lead: their frames wait until the leading track has passed them, since only then it is known which
/// segment they belong to.
extension HLSPackager {
    mutating func follow(_ index: Int, _ frame: QueuedFrame) {
        if isRunning, isElsewhere(frame, inputs[index]) {
            droppedFrames += 1
            inputs[index].cadence?.reset()
            return
        }
        if !isRunning || !renditions[inputs[index].rendition].hasStarted, let pending = inputs[index].pending,
            inputs[index].clock.micros(frame.start - pending.start) > longestJump
        {
            inputs[index].reset()
        }
        if inputs[index].pending == nil, let edge = inputs[index].edge { join(frame, index, to: edge) }
        if let before = inputs[index].replacePending(by: frame) { inputs[index].enqueue(before) }
        guard isRunning else {
            discardEarly(index, before: inputs[index].micros(frame.start) - skew)
            return
        }
        let ahead = inputs[index].micros(frame.start) - passed
        if ahead > skew || inputs[index].queuedBytes > configuration.maximumBytes / 4 {
            pushLead(to: inputs[index].micros(frame.start) - skew / 2)
            for other in inputs.indices.dropFirst() { drain(other) }
        } else {
            drain(index)
        }
    }

    /// Whether a frame belongs before the run, or so far from where the leading track is that one of them must be wrong.
    private func isElsewhere(_ frame: QueuedFrame, _ input: TrackInput) -> Bool {
        abs(input.micros(frame.start) - passed) > longestJump || input.micros(frame.start + input.lastDuration / 2) < runStart
    }

    /// The first frame after a filled time: what is between is filled, too.
    private mutating func join(_ frame: QueuedFrame, _ index: Int, to edge: Int64) {
        guard frame.start > edge else { return }
        enqueueNothing(index, from: edge, to: frame.start)
        let samples = inputs[index].lastDuration
        inputs[index].cadence?.reset()
        _ = inputs[index].cadence?.place(frame.start, frame: samples)
    }

    /// Silence where the codec has it (the last frame of it is made as long as it has to be), else a hole.
    private mutating func enqueueNothing(_ index: Int, from start: Int64, to end: Int64) {
        guard end > start else { return }
        let input = inputs[index]
        guard input.cadence != nil, input.clock.micros(end - start) <= 2 * longestJump,
            let silence = SilentFrame.payload(for: input.media)
        else {
            return inputs[index].enqueue(
                QueuedFrame(start: start, duration: end - start, composition: 0, isKey: false, payload: nil))
        }
        let samples = input.media.codec == .opus ? 960 : max(1, Int64(input.media.samplesPerFrame))
        var at = start
        while at < end {
            let duration = end - at < 2 * samples ? end - at : samples
            inputs[index].enqueue(QueuedFrame(start: at, duration: duration, composition: 0, isKey: true, payload: silence))
            at += duration
        }
    }

    var skew: Int64 { Int64(configuration.maximumSkewMs) * 1000 }

    /// Throws away what lies before a time on the common line.
    mutating func discardEarly(_ index: Int, before micros: Int64) {
        while let first = inputs[index].queue.first, inputs[index].micros(first.start + first.duration / 2) < micros {
            _ = inputs[index].dequeue()
            droppedFrames += 1
        }
        if isRunning, let pending = inputs[index].pending, inputs[index].micros(pending.start) - passed > longestJump {
            inputs[index].reset()
        }
        if inputs[index].queue.isEmpty, let pending = inputs[index].pending, isRunning {
            if inputs[index].micros(pending.start + inputs[index].lastDuration / 2) < micros { inputs[index].pending = nil }
        }
    }

    /// Moves frames that the leading track has passed into their rendition.
    mutating func drain(_ index: Int, all: Bool = false) {
        guard isRunning else { return }
        let slack = inputs[index].clock.micros(2 * inputs[index].lastDuration)
        // Nothing here holds the input or a frame of its queue: the queue would be copied when one is taken out.
        while let (start, end) = inputs[index].queue.first.map({ ($0.start, $0.end) }) {
            guard all || inputs[index].micros(start) < passed && inputs[index].micros(end) <= passed + slack,
                let frame = inputs[index].dequeue()
            else { break }
            if inputs[index].rendition == leading {
                commitMuxed(index, frame)
            } else {
                commitFollower(index, frame)
            }
        }
        if !renditions[inputs[index].rendition].hasStarted { skipBoundaries(index) }
    }

    private mutating func commitMuxed(_ index: Int, _ frame: QueuedFrame) {
        inputs[index].position = frame.end
        guard let payload = frame.payload, renditions[leading].open != nil else { return }
        let place = inputs[index].place
        payload.withUnsafeBytes { renditions[leading].add(frame.sample, toTrack: place, at: frame.start, payload: $0) }
    }

    private mutating func commitFollower(_ index: Int, _ frame: QueuedFrame) {
        let rendition = inputs[index].rendition
        let middle = inputs[index].micros(frame.start + min(frame.duration, inputs[index].lastDuration) / 2)
        while let boundary = boundaries[rendition].first, middle >= boundary {
            boundaries[rendition].removeFirst()
            endSegment(index, at: frame.start)
        }
        beginSegment(index, at: frame.start)
        if let payload = frame.payload {
            payload.withUnsafeBytes { renditions[rendition].add(frame.sample, at: frame.start, payload: $0) }
        }
        inputs[index].position = frame.end
        // A frame that was made longer, over the end of segments.
        while let boundary = boundaries[rendition].first {
            let stop = inputs[index].ticks(micros: boundary)
            guard frame.end - stop > inputs[index].lastDuration * 3 / 2, stop > frame.start else { break }
            boundaries[rendition].removeFirst()
            renditions[rendition].extend(to: stop, next: 1)
            endSegment(index, at: stop)
            beginSegment(index, at: stop)
        }
        renditions[rendition].extend(to: frame.end, next: inputs[index].shortestNext)
    }

    private mutating func beginSegment(_ index: Int, at start: Int64) {
        let rendition = inputs[index].rendition
        if !renditions[rendition].hasStarted {
            let sequence = renditions[rendition].openSequence
            renditions[rendition].skip(to: sequence, discontinuity: renditions[leading].discontinuities(through: sequence))
        }
        renditions[rendition].begin(at: start, wallClockMs: wallClock(inputs[index].micros(start)))
    }

    private mutating func endSegment(_ index: Int, at end: Int64) {
        let rendition = inputs[index].rendition
        renditions[rendition].closeSegment(at: end)
        trim(rendition)
    }

    /// A track that has not come yet misses the segments that end without it.
    private mutating func skipBoundaries(_ index: Int) {
        let rendition = inputs[index].rendition
        while let boundary = boundaries[rendition].first, boundary <= passed - skew {
            boundaries[rendition].removeFirst()
            renditions[rendition].skip(to: renditions[rendition].openSequence + 1, discontinuity: 0)
        }
    }

    /// Fills a track that stopped while the leading one went on: with silence where the codec has it, else with nothing.
    mutating func fillIfLate(_ index: Int) {
        fill(index, to: passed - skew / 2, ifLaterThan: skew / 2)
    }

    /// Fills a track up to a time on the common line if it is further behind that than `tolerance`, microseconds.
    mutating func fill(_ index: Int, to micros: Int64, ifLaterThan tolerance: Int64) {
        let input = inputs[index]
        guard input.rendition != leading, renditions[input.rendition].hasStarted else { return }
        var at = input.edge ?? input.ticks(micros: leadingStart(of: input.rendition))
        if let pending = input.pending { at = pending.start + input.lastDuration }
        guard micros - input.micros(at) > tolerance else { return }
        let target = input.ticks(micros: micros)
        let isSilent = input.cadence != nil && SilentFrame.payload(for: input.media) != nil
        if var pending = input.pending {
            pending.duration = isSilent ? input.lastDuration : target - pending.start
            inputs[index].pending = nil
            inputs[index].enqueue(pending)
            at = pending.end
        }
        inputs[index].cadence?.reset()
        enqueueNothing(index, from: at, to: target)
    }

    /// Ends the segments that the leading rendition has ended or is about to end, at the end of a run.
    mutating func alignFollower(_ index: Int) {
        let rendition = inputs[index].rendition
        let tick = inputs[index].clock.ticks(micros: passed)
        var at = inputs[index].position ?? inputs[index].ticks(micros: leadingStart(of: rendition))
        for boundary in boundaries[rendition] {
            let stop = max(at + 1, inputs[index].ticks(micros: boundary))
            beginSegment(index, at: at)
            renditions[rendition].extend(to: stop, next: 1)
            endSegment(index, at: stop)
            at = stop
        }
        beginSegment(index, at: at)
        let start = renditions[rendition].open?.start ?? at
        let isShort = inputs[index].clock.micros(tick - at) > 100_000 || at <= start
        let end = isShort ? max(tick, start + 1) : at
        renditions[rendition].extend(to: end, next: 1)
        endSegment(index, at: end)
    }

    /// Where the rendition's segment that is being written started on the leading track's line.
    private func leadingStart(of rendition: Int) -> Int64 {
        let sequence = renditions[rendition].openSequence
        let lead = renditions[leading]
        if let open = lead.open, open.sequence == sequence { return inputs[0].micros(open.start) }
        return lead.segments.first { $0.sequence == sequence }.map { inputs[0].micros($0.start) } ?? passed
    }
}
