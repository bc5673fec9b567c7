/// Where a playlist stands, for blocking reloads (draft-pantos-hls-rfc8216bis §6.2.5.2).
extension Rendition {
    /// The sequence number of the last complete segment, -1 before the first of all.
    var lastSequence: Int64 { openSequence - 1 }

    /// Whether the playlist has part `part` of segment `sequence` or anything later. An index beyond a finished segment's last
    /// part means part 0 of the next segment.
    func contains(sequence: Int64, part: UInt64) -> Bool {
        if sequence > openSequence { return false }
        let openParts = UInt64(open?.parts.count ?? 0)
        if sequence == openSequence { return part < openParts }
        if sequence < openSequence - 1 { return true }
        guard let last = segments.last, last.sequence == sequence else { return true }
        return part < UInt64(last.parts.count) || openParts > 0
    }

    /// Whether a request is further ahead than clients may ask: two segments, or `limit` parts.
    func isTooFar(sequence: UInt64, part: UInt64?, limit: UInt64) -> Bool {
        guard let sequence = Int64(exactly: sequence), sequence <= lastSequence + 2 else { return true }
        guard let part, sequence > lastSequence else { return false }
        let known = sequence == openSequence ? UInt64(open?.parts.count ?? 0) : 0
        // Index of the last part is known - 1.
        return part >= known + limit
    }

    /// The bytes of a part that is still held.
    func part(_ number: UInt64) -> ArraySlice<UInt8>? {
        if let first = open?.parts.first, number >= first.number { return open?.parts.first { $0.number == number }?.bytes }
        for segment in segments.reversed() {
            guard let first = segment.parts.first, number >= first.number else { continue }
            return segment.parts.first { $0.number == number }?.bytes
        }
        return nil
    }
}
