public import Formats
public import SluiceKit

// FormatsKit: the cores' values from and to the SDK's, for every plugin's glue.

extension TrackDescription {
    /// The SDK's track as the cores know it.
    public init?(_ track: Track) {
        guard let kind = TrackKind(rawValue: track.kind.rawValue) else { return nil }
        self.init(id: track.id, kind: kind, codec: FourCC(rawValue: track.codec), timescale: track.timescale)
        configuration = track.configuration
        width = track.width
        height = track.height
        frameRateMilli = track.frameRateMilli
        sampleRate = track.sampleRate
        channels = track.channels
        bitrate = track.bitrate
        language = track.language
    }
}

extension Track {
    /// A core's description as the SDK hands it over.
    public init(_ description: TrackDescription) {
        let kind = Kind(rawValue: description.kind.rawValue) ?? .data
        self.init(id: description.id, kind: kind, codec: description.codec.rawValue, timescale: description.timescale)
        configuration = description.configuration
        width = description.width
        height = description.height
        frameRateMilli = description.frameRateMilli
        sampleRate = description.sampleRate
        channels = description.channels
        bitrate = description.bitrate
        language = description.language
    }
}

extension FrameTiming {
    /// The SDK's times as the cores know them.
    public init(_ times: FrameTimes) {
        self.init(
            track: times.track, pts: times.pts, dts: times.dts, duration: times.duration, flags: FrameFlags(rawValue: times.flags)
        )
    }
}

extension FrameTimes {
    /// A core's timing as the SDK hands it over.
    public init(_ timing: FrameTiming) {
        self.init(track: timing.track, pts: timing.pts, dts: timing.dts, duration: timing.duration, flags: timing.flags.rawValue)
    }
}
