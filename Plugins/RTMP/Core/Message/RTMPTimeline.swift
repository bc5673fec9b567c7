/// Turns the wire's 32-bit milliseconds into one 64-bit time that goes on over the wrap at 2^32.
///
/// Each time is taken as the nearest one to the last audio or video time, in either direction, so that times running
/// back stay visible to the host, which judges them.
public struct RTMPTimeline: Sendable, Equatable {
    var reference: Int64?

    public init() {}

    /// The 64-bit time of `timestamp`. Audio and video move the reference; data does not, because encoders
    /// stamp it with 0 at will.
    public mutating func time(of timestamp: UInt32, movesReference: Bool) -> Int64 {
        guard let reference else {
            if movesReference { self.reference = Int64(timestamp) }
            return Int64(timestamp)
        }
        let step = Int32(bitPattern: timestamp &- UInt32(truncatingIfNeeded: reference))
        let time = reference &+ Int64(step)
        if movesReference { self.reference = time }
        return time
    }
}
