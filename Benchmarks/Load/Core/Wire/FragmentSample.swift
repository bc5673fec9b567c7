/// One sample of a movie fragment.
public struct FragmentSample: Equatable, Sendable {
    public var track: UInt32
    /// In the track's ticks.
    public var decodeTime: UInt64
    /// Where it lies in the segment's bytes.
    public var range: Range<Int>
}
