import Formats

/// All that a packager is, for the generation that goes on with it: playlists, numbers and names continue as if nothing had been.
extension HLSPackager {
    /// Kept segments of numbers below `first` that no playlist lists any more are left out.
    func write(to writer: inout BlobWriter, from first: Int64 = 0) {
        configuration.write(to: &writer)
        writer.optional(targetDuration) { $0.int($1) }
        writer.bool(hasEnded)
        writer.u64(droppedFrames)
        writer.tracks(descriptions)
        writer.array(renditions) { $1.write(to: &$0, from: first) }
        writer.array(inputs) { $1.write(to: &$0) }
        writer.int(leading)
        writer.bool(isRunning)
        writer.optionalTime(origin)
        writer.i64(runStart)
        writer.i64(wallOffset)
        writer.i64(passed)
        writer.i64(presented)
        writer.array(boundaries) { writer, list in writer.array(list) { $0.i64($1) } }
        keyFrames.write(to: &writer)
        writer.array(waits.values.sorted { $0.key < $1.key }) { $1.write(to: &$0) }
        writer.i64(firstShown)
    }

    init(from reader: inout BlobReader, version: UInt16) throws(BlobError) {
        let configuration = try HLSConfiguration(from: &reader, version: version)
        self.init(configuration: configuration)
        targetDuration = try reader.optional { reader throws(BlobError) in try reader.int("target duration", in: 1...86_400) }
        hasEnded = try reader.bool()
        droppedFrames = UInt64(try reader.number("dropped frames"))
        descriptions = try reader.tracks()
        let at = reader.offset
        renditions = try reader.array("renditions", limit: HandoverBounds.renditions) { reader throws(BlobError) in
            try Rendition(from: &reader, partMs: configuration.partMs, version: version)
        }
        inputs = try reader.array("inputs", limit: HandoverBounds.renditions, TrackInput.init(from:))
        leading = try reader.int("leading rendition", in: 0...max(0, renditions.count - 1))
        isRunning = try reader.bool()
        origin = try reader.optionalTime("origin")
        runStart = try reader.time("run start")
        wallOffset = try reader.i64()
        passed = try reader.time("time")
        presented = try reader.time("end of presentation")
        boundaries = try reader.array("renditions", limit: HandoverBounds.renditions, HLSPackager.times)
        keyFrames = try KeyFrameHistory(from: &reader)
        for held in try reader.array("held requests", limit: HandoverBounds.waits, HeldRequest.init(from:)) {
            waits[held.key] = held
        }
        firstShown = try reader.number("first segment")
        settleClocks()
        guard isConsistent, isInTime else { throw .value(field: "renditions", offset: at) }
    }

    private static func times(from reader: inout BlobReader) throws(BlobError) -> [Int64] {
        try reader.array("boundaries", limit: HandoverBounds.boundaries) { reader throws(BlobError) in
            try reader.time("boundary")
        }
    }

    /// The first number to keep so that `bytes` of kept segments are left out that no playlist lists any more; nil if there are fewer.
    func leavingOut(bytes: Int) -> Int64? {
        var sizes: [Int64: Int] = [:]
        for rendition in renditions {
            for segment in rendition.segments[..<rendition.windowStart] {
                sizes[segment.sequence, default: 0] += segment.byteCount
            }
        }
        var left = bytes
        for sequence in sizes.keys.sorted() {
            left -= sizes[sequence] ?? 0
            if left <= 0 { return sequence + 1 }
        }
        return nil
    }

    // MARK: What a blob says must fit together

    /// Indices are those of what is there, and each input's times are in its file's timescale.
    private var isConsistent: Bool {
        guard Set(renditions.map(\.name)).count == renditions.count, boundaries.count == renditions.count,
            inputs.first.map({ $0.rendition == leading }) ?? true, isRunning ? origin != nil && !inputs.isEmpty : true
        else { return false }
        return inputs.allSatisfy { input in
            guard renditions.indices.contains(input.rendition) else { return false }
            let rendition = renditions[input.rendition]
            return rendition.tracks.indices.contains(input.place) && (hasEnded || !rendition.hasEnded)
                && rendition.tracks[input.place].timescale == input.clock.timescale
        }
    }

    /// Whatever is being written or waits is about where the leading track is: no step of the packager has to pass more time than a
    /// source could make it.
    private var isInTime: Bool {
        guard isRunning else {
            let isIdle = inputs.first.map { $0.pending == nil && $0.position == nil && $0.queue.isEmpty } ?? true
            return isIdle && renditions.allSatisfy { $0.open == nil } && boundaries.allSatisfy(\.isEmpty)
        }
        guard let lead = inputs.first, let arrived = lead.arrived, lead.queue.isEmpty, lead.micros(arrived) <= passed + reach,
            isNear(lead, lead.pending?.start), isNear(lead, lead.position), boundaries.joined().allSatisfy(isNear)
        else { return false }
        return renditions.allSatisfy { rendition in
            rendition.open.map {
                isNear(TrackClock.rescale($0.start, from: rendition.timescale, to: 1_000_000))
                    && isNear(TrackClock.rescale(rendition.partStart, from: rendition.timescale, to: 1_000_000))
            } ?? true
        } && inputs.dropFirst().allSatisfy(isFollowing)
    }

    private func isFollowing(_ input: TrackInput) -> Bool {
        let starts = input.queue.map(\.start)
        guard zip(starts, starts.dropFirst()).allSatisfy(<) else { return false }
        guard input.rendition != leading, renditions[input.rendition].hasStarted else { return true }
        return isNear(input, input.pending?.start) && isNear(input, input.position) && isNear(input, starts.first)
            && isNear(input, starts.last)
    }

    private func isNear(_ input: TrackInput, _ ticks: Int64?) -> Bool { ticks.map { isNear(input.micros($0)) } ?? true }

    private func isNear(_ micros: Int64) -> Bool { abs(micros - passed) <= reach }

    /// Microseconds.
    private var reach: Int64 { 16 * longestJump }
}
