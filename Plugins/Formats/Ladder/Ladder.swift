/// Which renditions a transcoder makes of one input stream, and how they belong together; no customer's words in it.
///
/// A description only: nothing here decodes, encodes or knows what an encoder can do.
public struct Ladder: Sendable, Hashable {
    /// In the order in which players shall see them; at least one.
    public var renditions: [LadderRendition]
    /// Adaptive sets.
    public var groups: [LadderGroup]
    /// Undo interlacing before anything else.
    public var deinterlaces: Bool
    /// Decode, and scale, on a GPU if there is one.
    public var prefersHardwareDecoder: Bool
    public var prefersHardwareScaler: Bool
    /// Frames per 1000 seconds of an input that does not say; 0 = not known either.
    public var assumedFrameRateMilli: UInt32

    public init(
        renditions: [LadderRendition], groups: [LadderGroup] = [], deinterlaces: Bool = false,
        prefersHardwareDecoder: Bool = false,
        prefersHardwareScaler: Bool = false, assumedFrameRateMilli: UInt32 = 0
    ) {
        self.renditions = renditions
        self.groups = groups
        self.deinterlaces = deinterlaces
        self.prefersHardwareDecoder = prefersHardwareDecoder
        self.prefersHardwareScaler = prefersHardwareScaler
        self.assumedFrameRateMilli = assumedFrameRateMilli
    }

    /// Whether any rendition needs an encoder.
    public var needsEncoder: Bool { renditions.contains { $0.video.isEncoded || $0.audio.isEncoded } }
}

/// Renditions that a player switches between.
public struct LadderGroup: Sendable, Hashable {
    public var name: String
    /// What its multivariant playlist is called.
    public var streamName: String
    /// Names of renditions.
    public var members: [String]

    public init(name: String, streamName: String, members: [String]) {
        self.name = name
        self.streamName = streamName
        self.members = members
    }
}
