/// What is special about one access unit.
public struct FrameFlags: OptionSet, Hashable, Sendable {
    /// The bits, as they cross the plugin interface.
    public var rawValue: UInt32

    /// Unknown bits are kept.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Decoding can start here.
    public static let key = FrameFlags(rawValue: 1)
    /// The data is a decoder configuration, not an access unit.
    public static let config = FrameFlags(rawValue: 2)
    /// Times before and after do not belong together.
    public static let discontinuity = FrameFlags(rawValue: 4)
    /// No other frame depends on it.
    public static let droppable = FrameFlags(rawValue: 8)
    /// Known to be damaged.
    public static let corrupt = FrameFlags(rawValue: 16)
    /// Stands for data that is missing.
    public static let gap = FrameFlags(rawValue: 32)
}
