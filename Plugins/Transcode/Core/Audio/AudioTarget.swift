import CAV

/// What sound is encoded in.
public enum AudioCodec: String, Sendable, Equatable, CaseIterable {
    case aac
    case opus

    /// The encoder by libavcodec's name.
    var encoder: String { self == .aac ? "aac" : "libopus" }
    /// What that encoder takes: planar floats, interleaved ones.
    var format: AVSampleFormat { self == .aac ? AV_SAMPLE_FMT_FLTP : AV_SAMPLE_FMT_FLT }
}

/// Sound as it is to come out.
public struct AudioTarget: Sendable, Equatable {
    public var codec: AudioCodec
    /// Hz; also the ticks per second of what comes out.
    public var sampleRate: Int32
    public var channels: Int32
    /// bit/s.
    public var bitrate: Int64
    /// LUFS that the loudness is brought to; `nil`: as it is.
    public var loudness: Double?

    public init(codec: AudioCodec, sampleRate: Int32, channels: Int32, bitrate: Int64, loudness: Double? = nil) {
        self.codec = codec
        self.sampleRate = sampleRate
        self.channels = channels
        self.bitrate = bitrate
        self.loudness = loudness
    }
}
