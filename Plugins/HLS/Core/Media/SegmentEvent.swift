import Formats

/// The timed ID3 tag at the start of a segment, as an `emsg` box (ISO 23009-1 §5.10.3.3, aomedia.org/emsg/ID3).
enum SegmentEvent {
    static let scheme = "https://aomedia.org/emsg/ID3"

    /// The box for a segment; empty when it cannot be written. `start` and `timescale` are those of the rendition.
    static func bytes(_ text: String, sequence: Int64, wallClockMs: Int64, start: Int64, timescale: Int64) -> [UInt8] {
        let filled = replacing("{segment}", by: String(sequence), in: replacing("{time_ms}", by: String(wallClockMs), in: text))
        guard let tag = ID3Tag([ID3Tag.Frame(id: FourCC("TEXT"), text: filled)]).bytes() else { return [] }
        return SegmentBoxes.eventMessage(
            scheme: scheme, timescale: UInt32(clamping: timescale), presentationTime: UInt64(clamping: start),
            id: UInt32(truncatingIfNeeded: sequence), data: tag) ?? []
    }

    private static func replacing(_ mark: String, by value: String, in text: String) -> String {
        text.split(separator: mark, omittingEmptySubsequences: false).joined(separator: value)
    }
}
