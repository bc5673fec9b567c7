/// One access unit of a fragment, in its track's timescale.
public struct MediaSample: Sendable, Equatable {
    /// Decode time, not negative, strictly increasing within a fragment.
    public var dts: Int64
    /// Presentation time; may lie before `dts` by 31 bits.
    public var pts: Int64
    /// 0: until the next sample (for the last one see `MediaFragment.finish`).
    public var duration: Int64
    /// Whether decoding can start here.
    public var isSync: Bool
    /// Whether no other sample depends on this one.
    public var isDroppable: Bool

    /// All members; a presentation time that is left out equals the decode time.
    public init(dts: Int64, pts: Int64? = nil, duration: Int64 = 0, isSync: Bool = true, isDroppable: Bool = false) {
        self.dts = dts
        self.pts = pts ?? dts
        self.duration = duration
        self.isSync = isSync
        self.isDroppable = isDroppable
    }

    /// `sample_flags` (ISO 14496-12 §8.8.3.1): depends_on, is_depended_on, is_non_sync.
    var flags: UInt32 {
        isSync ? 0x0200_0000 : 0x0101_0000 | (isDroppable ? 0x0080_0000 : 0)
    }
}
