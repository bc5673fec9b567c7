/// Where all rungs have their key frames: one decision for all of them, by the time of the decoded picture.
///
/// A key frame of the source is one of every rung, so that rungs and pass-through switch at the same times; where the source has none for
/// longer than `longest`, one is put in.
public struct KeyFramePlan: Sendable {
    private var longest: UInt64
    private var last: Int64?

    /// - Parameter longest: in ticks of the pictures' times.
    public init(longest: Int64) { self.longest = UInt64(max(1, longest)) }

    /// From now on.
    public mutating func setLongest(_ ticks: Int64) { longest = UInt64(max(1, ticks)) }

    /// Whether the picture at `pts` is to be a key frame.
    public mutating func isKey(_ pts: Int64, ofSource: Bool) -> Bool {
        // No source's times can be further apart than a UInt64 holds.
        if let last, !ofSource, pts >= last, UInt64(bitPattern: pts &- last) < longest { return false }
        last = pts
        return true
    }
}
