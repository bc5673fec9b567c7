import SluiceJSON

/// `audio` of an `[[app.NAME.step]]` that uses the plugin: what becomes of the sound.
public struct AudioSettings: Sendable, Equatable {
    public enum Codec: String, Sendable {
        /// As it is, unless more of the app's outputs play AAC, or Opus, than play that.
        case auto
        case copy
        case aac
        case opus
        /// No sound in the renditions.
        case none
    }

    public var codec = Codec.auto
    /// bit/s; `nil`: 64,000 (AAC) or 48,000 (Opus) for each channel.
    public var bitrate: Int64?
    /// `nil`: one for mono, else two.
    public var channels: Int32?
    /// Hz; `nil`: the source's or a multiple that all players have.
    public var sampleRate: Int32?
    /// LUFS; `nil`: as it is.
    public var loudness: Double?
    /// Silence where there is no sound.
    public var silence = false

    /// JSON schema of the key's value.
    public static let schema = """
        {"type":"object","description":"the sound of the renditions","properties":{
        "codec":{"type":"string","enum":["auto","copy","aac","opus","none"],
        "description":"auto, without this key: as it is, unless more outputs play AAC or Opus than that"},
        "kbps":{"type":"integer","minimum":8,"maximum":512,"description":"bit rate; default: 64 a channel in AAC, 48 in Opus"},
        "channels":{"type":"integer","enum":[1,2,6],"description":"default: one for mono, else two"},
        "sample_rate":{"type":"integer","enum":[8000,16000,22050,24000,32000,44100,48000],
        "description":"Hz; default: 44100 or 48000, as it fits the source; Opus has 48000"},
        "loudness":{"type":"number","minimum":-40,"maximum":-5,
        "description":"LUFS (EBU R128) that sound is slowly brought to; default: it stays as it is"},
        "silence":{"type":"boolean","description":"true: silence where there is no sound, or none for more than a second"}}}
        """

    public init() {}

    /// Reads the key's value, checked against `schema`.
    public init(_ value: JSONValue?) throws(LadderSettings.Refusal) {
        guard let value else { return }
        codec = value["codec"]?.stringValue.flatMap(Codec.init) ?? .auto
        bitrate = value["kbps"]?.intValue.map { Int64($0) * 1000 }
        channels = value["channels"]?.intValue.map { Int32(clamping: $0) }
        sampleRate = value["sample_rate"]?.intValue.map { Int32(clamping: $0) }
        loudness = value["loudness"]?.doubleValue
        silence = value["silence"]?.boolValue ?? false
        if codec == .copy || codec == .none, changesSound || silence {
            throw LadderSettings.Refusal(
                description: "audio: codec \"\(codec.rawValue)\" goes with no other key, sound is changed only when it is encoded"
            )
        }
        if codec == .opus, let sampleRate, sampleRate != 48000 {
            throw LadderSettings.Refusal(description: "audio: Opus has a sample_rate of 48000 only")
        }
    }

    /// Whether sound of a codec that all can play is encoded all the same.
    var changesSound: Bool { bitrate != nil || channels != nil || sampleRate != nil || loudness != nil }

    /// What a source's sound is encoded in; `nil`: silence.
    func target(_ codec: AudioCodec, _ source: AudioSource?) -> AudioTarget {
        let known = Int32(clamping: source?.sampleRate ?? 0)
        let near: Int32 = known > 0 && known % 11025 == 0 ? 44100 : 48000
        let channels = channels ?? (source?.channels == 1 ? 1 : 2)
        return AudioTarget(
            codec: codec, sampleRate: codec == .opus ? 48000 : sampleRate ?? near, channels: channels,
            bitrate: bitrate ?? Int64(channels) * (codec == .aac ? 64000 : 48000), loudness: loudness)
    }
}
