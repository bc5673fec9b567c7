/// What becomes of a stream's sound in its renditions, by the settings and by what the outputs play. Pure.
public struct AudioChoice: Sendable, Equatable {
    public enum Sound: Sendable, Equatable {
        /// There is none.
        case none
        /// The source's frames.
        case kept
        /// Encoded once, for all renditions.
        case encoded(AudioTarget)
    }

    public var sound: Sound
    /// There is a rendition with the source's pictures as they are and this sound.
    public var isBridged: Bool

    public init(sound: Sound, isBridged: Bool) {
        self.sound = sound
        self.isBridged = isBridged
    }

    /// - Parameter source: `nil`: a stream without sound.
    /// - Parameter outputs: of the app; none: they say nothing.
    public init(_ settings: AudioSettings, _ source: AudioSource?, outputs: [OutputCodecs], hasRungs: Bool) {
        self.init(sound: .none, isBridged: false)
        guard settings.codec != .none else { return }
        guard let source else {
            guard settings.silence else { return }
            sound = .encoded(settings.target(settings.codec == .opus ? .opus : Self.best(outputs), nil))
            isBridged = !hasRungs
            return
        }
        sound = .kept
        guard source.decoder != nil, let codec = Self.codec(settings, source, outputs) else { return }
        sound = .encoded(settings.target(codec, source))
        // Who cannot play the source, and can play this.
        isBridged = !hasRungs || outputs.contains { !$0.plays(source.codec) && $0.plays(codec.fourCC) }
    }

    /// What the sound is to be encoded in; `nil`: it stays as it is.
    private static func codec(_ settings: AudioSettings, _ source: AudioSource, _ outputs: [OutputCodecs]) -> AudioCodec? {
        let isChanged = settings.changesSound || settings.silence
        switch settings.codec {
        case .none, .copy: return nil
        case .aac: return isChanged || source.codec != AudioCodec.aac.fourCC ? .aac : nil
        case .opus: return isChanged || source.codec != AudioCodec.opus.fourCC ? .opus : nil
        case .auto:
            let best = best(outputs), playing = count(outputs, source.codec)
            if count(outputs, best.fourCC) > playing { return best }
            guard isChanged else { return nil }
            return source.codec == AudioCodec.opus.fourCC ? .opus : best
        }
    }

    private static func count(_ outputs: [OutputCodecs], _ codec: UInt32) -> Int { outputs.count { $0.plays(codec) } }

    /// What the most outputs play, AAC rather than Opus.
    private static func best(_ outputs: [OutputCodecs]) -> AudioCodec {
        count(outputs, AudioCodec.opus.fourCC) > count(outputs, AudioCodec.aac.fourCC) ? .opus : .aac
    }
}
