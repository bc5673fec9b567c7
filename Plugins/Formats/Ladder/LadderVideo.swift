/// How pictures are encoded.
public struct LadderVideo: Sendable, Hashable {
    /// Where key frames are.
    public enum KeyFrames: Sendable, Hashable {
        /// Wherever the input has one: renditions stay aligned.
        case followSource
        /// One every so many output frames.
        case every(UInt32)
    }

    public var codec: FourCC
    /// `baseline`, `main`, `high`; empty: the encoder's choice.
    public var profile: String
    public var bitrate: LadderBitrate
    public var isConstantBitrate: Bool
    public var size: LadderFrameSize
    public var keyFrames: KeyFrames
    /// Of n + 1 frames one is kept; 0 keeps all.
    public var skippedFrames: UInt32
    /// Encode on a GPU if there is one, on that one if it is not nil.
    public var prefersHardware: Bool
    public var gpu: UInt32?

    public init(
        codec: FourCC, profile: String = "", bitrate: LadderBitrate, isConstantBitrate: Bool = false,
        size: LadderFrameSize = .source, keyFrames: KeyFrames = .followSource, skippedFrames: UInt32 = 0,
        prefersHardware: Bool = false, gpu: UInt32? = nil
    ) {
        self.codec = codec
        self.profile = profile
        self.bitrate = bitrate
        self.isConstantBitrate = isConstantBitrate
        self.size = size
        self.keyFrames = keyFrames
        self.skippedFrames = skippedFrames
        self.prefersHardware = prefersHardware
        self.gpu = gpu
    }
}

/// How large the pictures of a rendition are.
public enum LadderFrameSize: Sendable, Hashable {
    case source
    /// The other side comes from the picture's ratio, and is even.
    case height(UInt32)
    case width(UInt32)
    /// Exactly that large: with bars, distorted, or cut.
    case letterbox(width: UInt32, height: UInt32)
    case stretch(width: UInt32, height: UInt32)
    case crop(width: UInt32, height: UInt32)

    /// Pixels of the rendition of an input that large; the input's own where that is not known (0).
    public func pixels(width: UInt32, height: UInt32) -> (width: UInt32, height: UInt32) {
        switch self {
        case .source: (width, height)
        case .height(let wanted): width > 0 && height > 0 ? (Self.scaled(width, wanted, height), wanted) : (width, height)
        case .width(let wanted): width > 0 && height > 0 ? (wanted, Self.scaled(height, wanted, width)) : (width, height)
        case .letterbox(let width, let height), .stretch(let width, let height), .crop(let width, let height): (width, height)
        }
    }

    /// `side × wanted ÷ other`, to the nearest even number, at least 2.
    private static func scaled(_ side: UInt32, _ wanted: UInt32, _ other: UInt32) -> UInt32 {
        let product = UInt64(side) * UInt64(wanted)
        let half = (product + UInt64(other)) / (2 * UInt64(other))
        return UInt32(clamping: max(2, half * 2))
    }
}
