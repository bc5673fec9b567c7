import Formats

/// Timed ID3 tags, at the start of a segment or of what the publisher says, as `emsg` boxes (ISO 23009-1 §5.10.3.3, aomedia.org/emsg/ID3).
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

    /// The box for a message of the publisher: its name is the box's value, its text the tag's frame.
    static func bytes(_ message: TimedMessage, id: UInt32, at time: Int64, timescale: Int64) -> [UInt8] {
        guard let tag = ID3Tag([ID3Tag.Frame(id: FourCC("TEXT"), text: message.text)]).bytes() else { return [] }
        return SegmentBoxes.eventMessage(
            scheme: scheme, value: message.name, timescale: UInt32(clamping: timescale), presentationTime: UInt64(clamping: time),
            id: id, data: tag) ?? []
    }

    private static func replacing(_ mark: String, by value: String, in text: String) -> String {
        text.split(separator: mark, omittingEmptySubsequences: false).joined(separator: value)
    }
}
