/// One rung of a ladder, as it is to be encoded.
public struct Rung: Sendable, Equatable {
    public var label: String
    public var width: Int32
    public var height: Int32
    /// Encoders by libavcodec's names, the first that the machine has is used.
    public var encoders: [String]
    /// bit/s.
    public var bitrate: Int64
    public var maxrate: Int64
    /// bit.
    public var buffer: Int64
    /// Private options of the encoder: `preset`, `tune`, `profile`, `level` …
    public var options: [String: String]

    public init(
        label: String, width: Int32, height: Int32, encoders: [String] = ["libx264"], bitrate: Int64, maxrate: Int64? = nil,
        buffer: Int64? = nil, options: [String: String] = [:]
    ) {
        self.label = label
        self.width = width
        self.height = height
        self.encoders = encoders
        self.bitrate = bitrate
        self.maxrate = maxrate ?? bitrate + bitrate / 10
        self.buffer = buffer ?? bitrate * 2
        self.options = options
    }
}
