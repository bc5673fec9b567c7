import CAV

/// A track that goes in.
public struct InputTrack: Sendable {
    public var codec: AVCodecID
    /// Ticks per second of its times.
    public var timescale: UInt32
    /// avcC, hvcC, AudioSpecificConfig …
    public var configuration: [UInt8]
    public var sampleRate: Int32 = 0
    public var channels: Int32 = 0

    /// 8192 × 4320: a larger picture is not decoded.
    public static let mostPixels = 8192 * 4320

    public init(codec: AVCodecID, timescale: UInt32, configuration: [UInt8]) {
        self.codec = codec
        self.timescale = timescale
        self.configuration = configuration
    }
}
