import CAV

/// The sound that goes in, as its track says.
public struct AudioSource: Sendable, Equatable {
    /// Four ASCII bytes, the first in the most significant byte: mp4a, Opus …
    public var codec: UInt32
    /// 0: unknown.
    public var sampleRate: UInt32
    /// 0: unknown.
    public var channels: UInt32

    public init(codec: UInt32, sampleRate: UInt32, channels: UInt32) {
        self.codec = codec
        self.sampleRate = sampleRate
        self.channels = channels
    }

    /// What decodes it; `nil`: nothing here.
    public var decoder: AVCodecID? {
        switch codec {
        case AudioCodec.aac.fourCC: AV_CODEC_ID_AAC
        case AudioCodec.opus.fourCC: AV_CODEC_ID_OPUS
        case fourCC(".mp3"): AV_CODEC_ID_MP3
        case fourCC("fLaC"): AV_CODEC_ID_FLAC
        case fourCC("ac-3"): AV_CODEC_ID_AC3
        case fourCC("ec-3"): AV_CODEC_ID_EAC3
        default: nil
        }
    }
}

/// What one of the app's outputs plays.
public struct OutputCodecs: Sendable, Equatable {
    /// `rtmp`, `hls` …
    public var id: String
    /// Codecs of pictures and sound, as in `AudioSource.codec`; without one of sound it plays any.
    public var codecs: [UInt32]

    public init(id: String, codecs: [UInt32]) {
        self.id = id
        self.codecs = codecs
    }

    /// Codecs of sound, of those that streams can have.
    private static let sounds: Set<UInt32> = [
        AudioCodec.aac.fourCC, AudioCodec.opus.fourCC, fourCC(".mp3"), fourCC("fLaC"), fourCC("ac-3"), fourCC("ec-3"),
    ]

    func plays(_ codec: UInt32) -> Bool { codecs.contains(codec) || Self.sounds.isDisjoint(with: codecs) }
}

extension AudioCodec {
    /// As in `AudioSource.codec`.
    public var fourCC: UInt32 {
        switch self {
        case .aac: TranscodeCore.fourCC("mp4a")
        case .opus: TranscodeCore.fourCC("Opus")
        }
    }
}

private func fourCC(_ text: StaticString) -> UInt32 {
    text.withUTF8Buffer { $0.prefix(4).reduce(0) { $0 << 8 | UInt32($1) } }
}
