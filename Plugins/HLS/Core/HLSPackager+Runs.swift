import Formats

/// The end of a continuous run of media: reconnects, changed tracks, jumps of the source's time, the end of the stream.
extension HLSPackager {
    /// Puts everything that was delivered into parts, ends the segment of every rendition, and leaves all at the same sequence
    /// number, with a discontinuity before what follows. Does nothing between runs.
    mutating func endRun() {
        guard isRunning else {
            for index in inputs.indices { inputs[index].reset() }
            return
        }
        let end = finishLead()
        passed = inputs[0].micros(end)
        for index in inputs.indices.dropFirst() { finishFollower(index) }
        renditions[leading].closeSegment(at: end)
        settleTargetDuration()
        trim(leading)
        let sequence = renditions[leading].openSequence
        for index in renditions.indices where !renditions[index].hasEnded {
            boundaries[index] = []
            renditions[index].skip(to: sequence, discontinuity: 0)
            renditions[index].markDiscontinuity()
        }
        for index in inputs.indices { inputs[index].reset() }
        isRunning = false
    }

    /// Where the leading track's last frame ends; a part may be open there.
    private mutating func finishLead() -> Int64 {
        if var frame = inputs[0].pending {
            let limit = inputs[0].clock.timescale
            frame.duration = min(max(1, inputs[0].lastDuration), limit)
            inputs[0].pending = nil
            commitLead(frame)
        }
        return inputs[0].position ?? 0
    }

    /// The same for another track; one that is behind is filled up so that it has the segments which the leading one has.
    private mutating func finishFollower(_ index: Int) {
        fill(index, to: passed, ifLaterThan: inputs[index].clock.micros(inputs[index].lastDuration))
        if var frame = inputs[index].pending {
            frame.duration = inputs[index].lastDuration
            inputs[index].pending = nil
            inputs[index].enqueue(frame)
        }
        while let last = inputs[index].queue.last, inputs[index].micros(last.start) >= passed {
            inputs[index].queue.removeLast()
            inputs[index].queuedBytes -= last.payload?.count ?? 0
        }
        if let last = inputs[index].queue.indices.last {
            let start = inputs[index].queue[last].start
            let room = inputs[index].ticks(micros: passed) - start + 2 * inputs[index].lastDuration
            inputs[index].queue[last].duration = max(1, min(inputs[index].queue[last].duration, room))
        }
        drain(index, all: true)
        let rendition = inputs[index].rendition
        guard rendition != leading, renditions[rendition].hasStarted, !renditions[rendition].hasEnded else { return }
        alignFollower(index)
    }
}
