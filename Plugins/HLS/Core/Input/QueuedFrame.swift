/// A frame between arrival and its place in a part: waits for its duration (the next frame's time), and, on tracks that do not
/// lead, for the leading track to pass it.
struct QueuedFrame: Sendable {
    /// Decoding time, ticks of the file.
    var start: Int64
    /// 0 until the next frame of the track has arrived.
    var duration: Int64
    /// Presentation minus decoding time.
    var composition: Int64
    /// Decoding can start here.
    var isKey: Bool
    /// Nothing else depends on it.
    var isDroppable = false
    /// A copy of its bytes; nil stands for time in which the track has nothing.
    var payload: [UInt8]?

    /// Where the next frame has to begin.
    var end: Int64 { start + duration }

    var sample: Sample {
        Sample(duration: max(1, duration), composition: composition, isKey: isKey, isDroppable: isDroppable)
    }
}
