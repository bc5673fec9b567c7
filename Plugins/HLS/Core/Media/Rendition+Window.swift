extension Rendition {
    /// What the playlist lists of the complete segments.
    var listed: ArraySlice<Segment> { segments[windowStart...] }

    /// Whether somebody may still hold a playlist that lists what is here.
    func isWatched(_ configuration: HLSConfiguration) -> Bool {
        if configuration.isDVR { return true }
        guard let askedAt else { return false }
        return lastSequence - askedAt <= Int64(configuration.listedSegments + configuration.keepSegments)
    }

    /// Lets segments leave the window and, later, memory.
    ///
    /// The window is so many segments or, with `windowMs`, so much time. At least 3 target durations stay listed (§6.2.2), unless `maximumBytes` or a flood of tiny segments forbids. Nobody asks for
    /// what no playlist ever listed: a stream that nobody watches keeps what its first viewer needs.
    mutating func trim(_ configuration: HLSConfiguration, targetDuration: Int, maximumBytes: Int) {
        let isWatched = isWatched(configuration)
        let count = isWatched ? configuration.windowSegments : min(configuration.windowSegments, configuration.idleSegments)
        let seconds = isWatched ? Double(configuration.windowMs) / 1000 : 0
        let isByTime = seconds > 0
        // By time a segment may be the only one; a flood of tiny ones is bounded all the same.
        let most = isByTime ? HLSConfiguration.mostListed : 4 * count
        var length = listed.reduce(0.0) { $0 + $1.seconds }
        while listed.count > (isByTime ? 1 : count), let first = listed.first {
            let rest = length - first.seconds
            guard rest >= max(seconds, Double(3 * targetDuration)) || listed.count > most else { break }
            length = rest
            leaveWindow()
        }
        while windowStart > (isWatched ? configuration.keepSegments : 0) { dropOldest() }
        var bytes = byteCount
        while bytes > maximumBytes, segments.count > 1, let oldest = segments.first {
            bytes -= oldest.byteCount
            if windowStart == 0 { leaveWindow() }
            dropOldest()
        }
        let oldest = segments.first?.initialization ?? initializations.last?.number ?? 0
        initializations.removeAll { $0.number < oldest }
    }

    /// Lets everything go that is complete, as if it had left the window and memory; numbers go on.
    mutating func forget() {
        while windowStart < segments.count { leaveWindow() }
        segments = []
        windowStart = 0
        initializations = initializations.suffix(1)
        invalidate()
    }

    private mutating func leaveWindow() {
        guard segments.indices.contains(windowStart) else { return }
        if segments[windowStart].isDiscontinuous { discontinuitySequence += 1 }
        windowStart += 1
    }

    private mutating func dropOldest() {
        guard !segments.isEmpty, windowStart > 0 else { return }
        segments.removeFirst()
        windowStart -= 1
    }
}

extension Segment {
    /// Length in seconds.
    var seconds: Double { Double(duration) / Double(max(1, timescale)) }
}
