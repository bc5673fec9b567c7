import Formats

/// Where streams on the same line of time begin their segments. Only streams with video, whose key frames are few, take part.
extension HLSPackager {
    /// Numbers that were left out since this was called last: they are no segments that nobody asked for.
    mutating func takeSkipped() -> Int64 {
        defer { skipped = 0 }
        return skipped
    }

    /// Presentation time of a frame of the leading track on the source's line, microseconds.
    private func lineTime(_ frame: QueuedFrame) -> Int64 {
        inputs[0].clock.micros(frame.start + frame.composition) + (origin ?? 0)
    }

    private var shared: SegmentGrid? { inputs.first?.media.kind == .video ? grid : nil }

    func gridPlace(_ frame: QueuedFrame, _ wallClockMs: Int64) -> SegmentGrid.Place {
        guard let shared, listsNothing else { return .undecided }
        return shared.place(of: lineTime(frame), wallClockMs: wallClockMs)
    }

    func gridEnds(_ frame: QueuedFrame, _ wallClockMs: Int64, wanted: Bool) -> Bool {
        shared?.ends(at: lineTime(frame), wallClockMs: wallClockMs, wanted: wanted) ?? wanted
    }

    func tellGrid(_ frame: QueuedFrame, _ wallClockMs: Int64, begins: Bool) {
        shared?.passed(
            lineTime(frame), wallClockMs: wallClockMs, begins: begins, sequence: renditions[leading].openSequence,
            discontinuities: renditions[leading].discontinuities(through: .max))
    }

    /// A run begins: where nothing is listed, with the number that the others have there.
    mutating func resumeNumbers(_ frame: QueuedFrame, _ wallClockMs: Int64) {
        guard case .inside(let sequence, let discontinuities) = gridPlace(frame, wallClockMs), sequence >= openSequence,
            renditions.allSatisfy({ $0.openSequence <= sequence })
        else { return }
        skipped += sequence - openSequence
        for index in renditions.indices where !renditions[index].hasEnded {
            renditions[index].resume(at: sequence, discontinuity: discontinuities)
        }
        firstShown = sequence
    }

    private var listsNothing: Bool { renditions.allSatisfy { $0.open == nil && $0.segments.isEmpty } }

    /// What was cut by another generation, for those that begin in this one.
    func seedGrid() {
        guard let shared, let origin, renditions.indices.contains(leading) else { return }
        if let targetDuration { _ = shared.targetDuration(targetDuration) }
        let lead = renditions[leading]
        for segment in lead.listed + (lead.open.map { [$0] } ?? []) where segment.startsIndependent {
            shared.passed(
                inputs[0].micros(segment.start) + origin, wallClockMs: segment.wallClockMs, begins: true,
                sequence: segment.sequence,
                discontinuities: lead.discontinuities(through: segment.sequence))
        }
    }
}
