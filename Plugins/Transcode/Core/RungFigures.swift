/// How a rung does.
public struct RungFigures: Sendable, Equatable {
    public var label: String
    /// The encoder's name; empty while the rung is left out for want of time.
    public var encoder: String
    /// Pictures that came out.
    public var frames: UInt64 = 0
    /// Pictures that were not encoded for want of time, or since their times went back.
    public var dropped: UInt64 = 0
    /// Seconds of pictures for each second that the encoder worked, over all of its time; 0: not known.
    public var speed: Double = 0
    /// From the arrival of the newest picture to the newest that came out, in time of the media, with what the picture waited for, ms.
    public var lagMilliseconds: Int64 = 0

    public init(label: String, encoder: String = "") {
        self.label = label
        self.encoder = encoder
    }
}
