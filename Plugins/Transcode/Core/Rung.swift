/// One rung of a ladder, as it is to be encoded.
public struct Rung: Sendable, Equatable {
    /// How a source of another shape fills the picture.
    public enum Fit: Sendable, Equatable {
        /// Whole, with bars where the shapes differ.
        case whole
        /// Whole, distorted.
        case stretch
        /// Cut, without bars.
        case crop
    }

    public var label: String
    public var width: Int32
    public var height: Int32
    public var fit: Fit
    /// Encoders by libavcodec's names, the first that the machine has is used.
    public var encoders: [String]
    /// bit/s.
    public var bitrate: Int64
    public var maxrate: Int64
    /// bit.
    public var buffer: Int64
    /// libx264's word for speed against quality; other encoders get theirs by it.
    public var preset: String
    /// No picture waits in the encoder.
    public var zeroLatency: Bool
    /// `baseline`, `main`, `high` of H.264; empty: high.
    public var profile: String
    /// At most so many pictures in 1000 s; 0: all of the source.
    public var frameRateMilli: UInt32
    /// Further private options of the encoder, before ours.
    public var options: [String: String]

    public init(
        label: String, width: Int32, height: Int32, fit: Fit = .whole, encoders: [String] = ["libx264"], bitrate: Int64,
        maxrate: Int64? = nil, buffer: Int64? = nil, preset: String = "veryfast", zeroLatency: Bool = false,
        profile: String = "", frameRateMilli: UInt32 = 0, options: [String: String] = [:]
    ) {
        self.label = label
        self.width = width
        self.height = height
        self.fit = fit
        self.encoders = encoders
        self.bitrate = bitrate
        self.maxrate = maxrate ?? bitrate + bitrate / 10
        self.buffer = buffer ?? bitrate * 2
        self.preset = preset
        self.zeroLatency = zeroLatency
        self.profile = profile
        self.frameRateMilli = frameRateMilli
        self.options = options
    }

    /// Pixels a second, or in proportion to them: what it costs.
    func cost(sourceRateMilli: Int) -> Int {
        let rate = frameRateMilli > 0 ? min(Int(frameRateMilli), sourceRateMilli) : sourceRateMilli
        return Int(width) * Int(height) * max(1, rate)
    }
}
