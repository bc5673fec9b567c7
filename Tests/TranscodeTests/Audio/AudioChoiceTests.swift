import SluiceJSON
import Testing

@testable import TranscodeCore

@Suite struct AudioChoiceTests {
    static func code(_ text: String) -> UInt32 { text.utf8.reduce(0) { $0 << 8 | UInt32($1) } }

    static func settings(_ text: String) throws -> AudioSettings { try AudioSettings(try JSONValue(parsing: text)) }

    /// Settings, codec of the source, what each output plays, whether there are rungs; what becomes of the sound.
    @Test(
        arguments: [
            ("{}", "mp4a", ["mp4a", "mp4a Opus"], true, "kept"),
            ("{}", "Opus", ["mp4a Opus", "mp4a Opus fLaC"], true, "kept"),
            ("{}", "Opus", ["mp4a .mp3", "mp4a Opus"], true, "aac 48000 2 128000 bridged"),
            ("{}", "Opus", ["mp4a .mp3", "mp4a Opus"], false, "aac 48000 2 128000 bridged"),
            ("{}", "fLaC", ["Opus"], true, "opus 48000 2 96000 bridged"),
            ("{}", ".mp3", ["ac-3"], true, "kept"),
            ("{}", "Opus", ["avc1", "vp09"], true, "kept"),
            ("{}", "Opus", [], true, "kept"),
            ("{}", "abcd", ["mp4a"], true, "kept"),
            ("{}", "", ["mp4a"], true, "none"),
            (#"{"codec":"copy"}"#, "Opus", ["mp4a"], true, "kept"),
            (#"{"codec":"none"}"#, "Opus", ["mp4a"], true, "none"),
            (#"{"codec":"aac"}"#, "mp4a", ["mp4a"], true, "kept"),
            (#"{"codec":"aac"}"#, "Opus", ["Opus mp4a"], true, "aac 48000 2 128000"),
            (#"{"codec":"aac","kbps":96}"#, "mp4a", ["mp4a"], true, "aac 48000 2 96000"),
            (#"{"codec":"opus"}"#, "mp4a", ["mp4a"], true, "opus 48000 2 96000"),
            (#"{"codec":"opus"}"#, "mp4a", ["Opus"], true, "opus 48000 2 96000 bridged"),
            (#"{"loudness":-23}"#, "Opus", ["Opus mp4a"], true, "opus 48000 2 96000 -23.0"),
            (#"{"loudness":-16.5}"#, "mp4a", [], false, "aac 48000 2 128000 -16.5 bridged"),
            (#"{"channels":6,"sample_rate":44100}"#, "ac-3", [], true, "aac 44100 6 384000"),
            (#"{"silence":true}"#, "", [], true, "aac 48000 2 128000"),
            (#"{"silence":true}"#, "", ["Opus"], false, "opus 48000 2 96000 bridged"),
            (#"{"silence":true}"#, "mp4a", [], true, "aac 48000 2 128000"),
        ] as [(String, String, [String], Bool, String)])
    func soundBecomes(_ text: String, _ codec: String, _ plays: [String], _ hasRungs: Bool, _ wanted: String) throws {
        let source = codec.isEmpty ? nil : AudioSource(codec: Self.code(codec), sampleRate: 48000, channels: 2)
        let outputs = plays.map { OutputCodecs(id: "o", codecs: $0.split(separator: " ").map { Self.code(String($0)) }) }
        let choice = AudioChoice(try Self.settings(text), source, outputs: outputs, hasRungs: hasRungs)
        var words: [String]
        switch choice.sound {
        case .none: words = ["none"]
        case .kept: words = ["kept"]
        case .encoded(let target):
            words = ["\(target.codec)", "\(target.sampleRate)", "\(target.channels)", "\(target.bitrate)"]
            if let loudness = target.loudness { words.append("\(loudness)") }
        }
        #expect(words.joined(separator: " ") + (choice.isBridged ? " bridged" : "") == wanted)
    }

    /// Rate and channels of the source; those of AAC.
    @Test(
        arguments: [
            (0, 0, 48000, 2), (8000, 1, 48000, 1), (22050, 1, 44100, 1), (44100, 2, 44100, 2), (88200, 2, 44100, 2),
            (96000, 8, 48000, 2),
            (.max, .max, 48000, 2),
        ] as [(UInt32, UInt32, Int32, Int32)])
    func rateAndChannelsAreThoseThatPlayersHave(_ rate: UInt32, _ channels: UInt32, _ wanted: Int32, _ wantedChannels: Int32) {
        let source = AudioSource(codec: AudioCodec.opus.fourCC, sampleRate: rate, channels: channels)
        let target = AudioSettings().target(.aac, source)
        #expect(target.sampleRate == wanted && target.channels == wantedChannels)
        #expect(AudioSettings().target(.opus, source).sampleRate == 48000)
    }

    @Test(arguments: [
        #"{"codec":"copy","loudness":-23}"#, #"{"codec":"none","kbps":64}"#, #"{"codec":"copy","silence":true}"#,
        #"{"codec":"opus","sample_rate":44100}"#,
    ])
    func whatContradictsItselfIsRefused(_ text: String) {
        #expect(throws: LadderSettings.Refusal.self) { try Self.settings(text) }
    }
}
