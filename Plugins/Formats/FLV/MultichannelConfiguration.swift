/// The channel layout of an audio track, Enhanced RTMP v2 "MultichannelConfig".
public struct MultichannelConfiguration: Equatable, Sendable {
    /// Which channel is which.
    public enum Order: Equatable, Sendable {
        /// Only the count is known.
        case unspecified
        /// In the order of the mask's bits (bit 0 front left, 1 front right, 2 centre, 3 LFE …).
        case native(mask: UInt32)
        /// One byte per channel (AudioChannel numbers), where they lie in the message.
        case custom(mapping: Range<Int>)
    }

    /// Number of channels, 0 … 255.
    public var channelCount: UInt8
    /// Their order.
    public var order: Order

    /// Both.
    public init(channelCount: UInt8, order: Order) {
        self.channelCount = channelCount
        self.order = order
    }
}
