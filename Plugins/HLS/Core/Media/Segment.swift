/// A media segment, complete or being written; a complete one is exactly its parts, in order.
struct Segment: Sendable {
    /// Media sequence number.
    let sequence: Int64
    /// Ticks per second of `start`, `duration` and its parts' durations.
    let timescale: Int64
    /// Where it starts, ticks of the rendition's timescale.
    let start: Int64
    /// Wall clock of `start`, milliseconds since 1970.
    let wallClockMs: Int64
    /// An EXT-X-DISCONTINUITY stands before it.
    let isDiscontinuous: Bool
    /// Which initialization segment it needs.
    let initialization: Int
    /// Whether its first sample can be decoded alone.
    var startsIndependent = false
    /// Ticks of the rendition's timescale; 0 while it is being written.
    var duration: Int64 = 0
    /// In order.
    var parts: [Part] = []
    /// All parts' bytes in one piece; empty while it is being written.
    var bytes: ArraySlice<UInt8> = []
    /// Sum of the parts' bytes.
    var byteCount = 0

    /// Joins the parts' bytes into one piece which the parts then share.
    mutating func complete(duration: Int64) {
        self.duration = duration
        var whole: [UInt8] = []
        whole.reserveCapacity(byteCount)
        for part in parts { whole.append(contentsOf: part.bytes) }
        bytes = whole[...]
        var offset = 0
        for index in parts.indices {
            let size = parts[index].bytes.count
            parts[index].bytes = bytes[offset..<(offset + size)]
            offset += size
        }
    }
}
