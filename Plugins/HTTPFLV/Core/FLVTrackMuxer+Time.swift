import Formats

extension FLVTrackMuxer {
    /// Milliseconds of a frame of a track that has no muxer (data); nil if no time is known.
    static func time(of timing: FrameTiming, timescale: UInt32) -> Int64? {
        let ticks = timing.dts != FrameTiming.unknown ? timing.dts : timing.pts
        guard ticks != FrameTiming.unknown, timescale > 0 else { return nil }
        return MediaTime.rescale(ticks, from: timescale, to: 1000)
    }
}
