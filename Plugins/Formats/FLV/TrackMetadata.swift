/// What `onMetaData` says of one track; the bitstream is the authority over all of it. 0 = not said.
public struct TrackMetadata: Equatable, Sendable {
    /// 0 is the default track; audio and video count apart.
    public var trackID: UInt8
    /// From a FourCC as number or text, or a legacy number; nil if not said or unknown.
    public var codec: FourCC?
    /// Pixels.
    public var width: UInt32 = 0
    /// Pixels.
    public var height: UInt32 = 0
    /// Frames per 1000 seconds.
    public var frameRateMilli: UInt32 = 0
    /// Bits per second.
    public var bitrate: UInt32 = 0
    /// Samples per second.
    public var sampleRate: UInt32 = 0
    /// Audio channels.
    public var channels: UInt32 = 0

    /// Nothing said.
    public init(trackID: UInt8, codec: FourCC? = nil) {
        self.trackID = trackID
        self.codec = codec
    }
}
