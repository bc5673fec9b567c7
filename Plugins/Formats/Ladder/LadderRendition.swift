/// One output of a ladder.
public struct LadderRendition: Sendable, Hashable {
    /// What groups call it; unique in the ladder.
    public var name: String
    /// The stream that it becomes.
    public var streamName: String
    public var video: LadderTreatment<LadderVideo>
    public var audio: LadderTreatment<LadderAudio>

    public init(
        name: String, streamName: String, video: LadderTreatment<LadderVideo>, audio: LadderTreatment<LadderAudio>
    ) {
        self.name = name
        self.streamName = streamName
        self.video = video
        self.audio = audio
    }
}

/// What becomes of the input's pictures, or of its sound.
public enum LadderTreatment<Settings: Sendable & Hashable>: Sendable, Hashable {
    /// As they come in.
    case passThrough
    /// Left out.
    case omitted
    case encode(Settings)

    public var isEncoded: Bool { settings != nil }

    /// Of an encoder.
    public var settings: Settings? { if case .encode(let settings) = self { settings } else { nil } }
}

/// A bit rate.
public enum LadderBitrate: Sendable, Hashable {
    /// That of the input.
    case source
    /// Bits per second.
    case fixed(UInt32)
}

/// How sound is encoded.
public struct LadderAudio: Sendable, Hashable {
    public var codec: FourCC
    public var bitrate: LadderBitrate

    public init(codec: FourCC, bitrate: LadderBitrate) {
        self.codec = codec
        self.bitrate = bitrate
    }
}
