/// What a decoder must know of a track; immutable, a change is a new epoch.
public struct TrackDescription: Sendable, Equatable {
    /// 0… within the stream, unique over kinds; video usually 0, audio 1.
    public var id: UInt32
    /// Video, audio or data.
    public var kind: TrackKind
    /// The codec.
    public var codec: FourCC
    /// Ticks per second of all times of this track (RTMP: 1000).
    public var timescale: UInt32
    /// avcC, hvcC, av1C, vpcC, AudioSpecificConfig, OpusHead (RFC 7845 §5.1, with magic), fLaC STREAMINFO …; may be empty.
    public var configuration: [UInt8]
    /// Pixels; 0 = unknown.
    public var width: UInt32
    /// Pixels; 0 = unknown.
    public var height: UInt32
    /// Frames per 1000 seconds (29970 = 29.97 per second); 0 = unknown.
    public var frameRateMilli: UInt32
    /// Samples per second; 0 = unknown.
    public var sampleRate: UInt32
    /// Audio channels; 0 = unknown.
    public var channels: UInt32
    /// Bits per second; 0 = unknown.
    public var bitrate: UInt32
    /// RFC 5646 tag; empty = unknown.
    public var language: String

    /// Everything that is not given is unknown; the timescale defaults to milliseconds.
    public init(
        id: UInt32, kind: TrackKind, codec: FourCC, timescale: UInt32 = 1000, configuration: [UInt8] = [],
        width: UInt32 = 0, height: UInt32 = 0, frameRateMilli: UInt32 = 0, sampleRate: UInt32 = 0, channels: UInt32 = 0,
        bitrate: UInt32 = 0, language: String = ""
    ) {
        self.id = id
        self.kind = kind
        self.codec = codec
        self.timescale = timescale
        self.configuration = configuration
        self.width = width
        self.height = height
        self.frameRateMilli = frameRateMilli
        self.sampleRate = sampleRate
        self.channels = channels
        self.bitrate = bitrate
        self.language = language
    }
}
