/// Timing of one access unit, in the track's timescale.
public struct FrameTiming: Sendable, Equatable {
    /// The value of `pts` or `dts` that says "not known"; never 0.
    public static let unknown = Int64.min

    /// `TrackDescription.id`.
    public var track: UInt32
    /// Presentation time, or `unknown`.
    public var pts: Int64
    /// Decoding time, or `unknown`; strictly increasing within a track.
    public var dts: Int64
    /// 0 = unknown.
    public var duration: Int64
    /// What is special about the frame.
    public var flags: FrameFlags

    /// All members.
    public init(track: UInt32, pts: Int64, dts: Int64, duration: Int64 = 0, flags: FrameFlags = []) {
        self.track = track
        self.pts = pts
        self.dts = dts
        self.duration = duration
        self.flags = flags
    }
}
