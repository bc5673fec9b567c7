import Formats
import Testing

/// One line of the tables: a message body and what it says.
struct MediaMessageCase: Sendable, CustomTestStringConvertible {
    var name: String
    var kind: TrackKind
    var bytes: [UInt8]
    var items: [MediaItem]

    var testDescription: String { name }

    func parse(_ bytes: some ByteSource) throws(MediaMessageError) -> [MediaItem] {
        kind == .video ? try MediaMessage.video(bytes) : try MediaMessage.audio(bytes)
    }

    static let all: [MediaMessageCase] = legacy + enhancedVideo + enhancedAudio + multitrack + modEx

    private static func frame(
        _ codec: FourCC, _ flags: FrameFlags, _ payload: Range<Int>, track: UInt8 = 0, offset: Int32 = 0, nano: UInt32 = 0
    ) -> MediaItem {
        .frame(
            MediaFrame(
                trackID: track, codec: codec, flags: flags, compositionOffset: offset, nanoOffset: nano, payload: payload))
    }

    static let legacy: [MediaMessageCase] = [
        .init(
            name: "AVC configuration", kind: .video, bytes: wire("17 00 000000 0164001F"),
            items: [.configuration(trackID: 0, codec: .avc1, record: 5..<9)]),
        .init(
            name: "AVC key frame", kind: .video, bytes: wire("17 01 000050 AABB"), items: [frame(.avc1, .key, 5..<7, offset: 80)]),
        .init(
            name: "AVC inter frame, negative offset", kind: .video, bytes: wire("27 01 FFFFFF AA"),
            items: [frame(.avc1, [], 5..<6, offset: -1)]),
        .init(
            name: "AVC disposable frame", kind: .video, bytes: wire("37 01 000000 AA"), items: [frame(.avc1, .droppable, 5..<6)]),
        .init(name: "AVC generated key frame", kind: .video, bytes: wire("47 01 000000 AA"), items: [frame(.avc1, .key, 5..<6)]),
        .init(name: "AVC end", kind: .video, bytes: wire("17 02"), items: [.sequenceEnd(trackID: 0, codec: .avc1)]),
        .init(name: "AVC frame without bytes", kind: .video, bytes: wire("27 01 000000"), items: []),
        .init(name: "command", kind: .video, bytes: wire("57 01"), items: [.command(1)]),
        .init(name: "HEVC as number 12", kind: .video, bytes: wire("1C 01 000000 AA"), items: [frame(.hvc1, .key, 5..<6)]),
        .init(
            name: "AAC configuration", kind: .audio, bytes: wire("AF 00 1210"),
            items: [.configuration(trackID: 0, codec: .mp4a, record: 2..<4)]),
        .init(name: "AAC frame", kind: .audio, bytes: wire("AF 01 2110"), items: [frame(.mp4a, .key, 2..<4)]),
        .init(name: "AAC frame without bytes", kind: .audio, bytes: wire("AF 01"), items: []),
        .init(name: "MP3 frame", kind: .audio, bytes: wire("2F FFFB"), items: [frame(.mp3, .key, 1..<3)]),
        .init(name: "MP3 at 8 kHz", kind: .audio, bytes: wire("E2 FFFB"), items: [frame(.mp3, .key, 1..<3)]),
        .init(name: "silence", kind: .audio, bytes: [], items: [.silence]),
    ]

    static let enhancedVideo: [MediaMessageCase] = [
        .init(
            name: "HEVC configuration", kind: .video, bytes: wire("90 'hvc1' 0102"),
            items: [.configuration(trackID: 0, codec: .hvc1, record: 5..<7)]),
        .init(
            name: "AV1 announced", kind: .video, bytes: wire("90 'av01'"),
            items: [.configuration(trackID: 0, codec: .av01, record: 5..<5)]),
        .init(
            name: "HEVC CodedFrames", kind: .video, bytes: wire("91 'hvc1' 000021 AA"),
            items: [frame(.hvc1, .key, 8..<9, offset: 33)]),
        .init(name: "HEVC CodedFramesX", kind: .video, bytes: wire("A3 'hvc1' AA"), items: [frame(.hvc1, [], 5..<6)]),
        .init(
            name: "H.264 by FourCC", kind: .video, bytes: wire("B1 'avc1' 800000 AA"),
            items: [frame(.avc1, .droppable, 8..<9, offset: -0x80_0000)]),
        .init(name: "VVC", kind: .video, bytes: wire("91 'vvc1' 000000 AA"), items: [frame(.vvc1, .key, 8..<9)]),
        .init(name: "AV1 has no offset", kind: .video, bytes: wire("91 'av01' 0A0B"), items: [frame(.av01, .key, 5..<7)]),
        .init(name: "VP9", kind: .video, bytes: wire("A1 'vp09' 0A0B"), items: [frame(.vp09, [], 5..<7)]),
        .init(name: "VP8", kind: .video, bytes: wire("A1 'vp08' 0A0B"), items: [frame(.vp08, [], 5..<7)]),
        .init(name: "end", kind: .video, bytes: wire("92 'hvc1'"), items: [.sequenceEnd(trackID: 0, codec: .hvc1)]),
        .init(
            name: "metadata, frame type ignored", kind: .video, bytes: wire("D4 'hvc1' 05"),
            items: [.metadata(trackID: 0, codec: .hvc1, pairs: 5..<6)]),
        .init(
            name: "AV1 descriptor", kind: .video, bytes: wire("95 'av01' 8004"),
            items: [.transportConfiguration(trackID: 0, codec: .av01, descriptor: 5..<7)]),
        .init(name: "command", kind: .video, bytes: wire("D1 00"), items: [.command(0)]),
    ]

    static let enhancedAudio: [MediaMessageCase] = [
        .init(
            name: "Opus configuration", kind: .audio, bytes: wire("90 'Opus' 'OpusHead'"),
            items: [.configuration(trackID: 0, codec: .opus, record: 5..<13)]),
        .init(
            name: "Opus configuration without a head", kind: .audio, bytes: wire("90 'Opus'"),
            items: [.configuration(trackID: 0, codec: .opus, record: 5..<5)]),
        .init(name: "Opus frame", kind: .audio, bytes: wire("91 'Opus' FC"), items: [frame(.opus, .key, 5..<6)]),
        .init(name: "FLAC frame", kind: .audio, bytes: wire("91 'fLaC' FF"), items: [frame(.flac, .key, 5..<6)]),
        .init(name: "AC-3 frame", kind: .audio, bytes: wire("91 'ac-3' 0B77"), items: [frame(.ac3, .key, 5..<7)]),
        .init(name: "E-AC-3 frame", kind: .audio, bytes: wire("91 'ec-3' 0B77"), items: [frame(.ec3, .key, 5..<7)]),
        .init(name: "MP3 by FourCC", kind: .audio, bytes: wire("91 '.mp3' FF"), items: [frame(.mp3, .key, 5..<6)]),
        .init(name: "AAC by FourCC", kind: .audio, bytes: wire("91 'mp4a' 21"), items: [frame(.mp4a, .key, 5..<6)]),
        .init(name: "end", kind: .audio, bytes: wire("92 'Opus'"), items: [.sequenceEnd(trackID: 0, codec: .opus)]),
        .init(
            name: "channel count only", kind: .audio, bytes: wire("94 'Opus' 00 06"),
            items: [
                .multichannel(trackID: 0, codec: .opus, MultichannelConfiguration(channelCount: 6, order: .unspecified))
            ]),
        .init(
            name: "channel mask", kind: .audio, bytes: wire("94 'Opus' 01 06 0000003F"),
            items: [
                .multichannel(
                    trackID: 0, codec: .opus, MultichannelConfiguration(channelCount: 6, order: .native(mask: 0x3F)))
            ]),
        .init(
            name: "channel mapping", kind: .audio, bytes: wire("94 'Opus' 02 03 000102"),
            items: [
                .multichannel(
                    trackID: 0, codec: .opus, MultichannelConfiguration(channelCount: 3, order: .custom(mapping: 7..<10)))
            ]),
    ]

    static let multitrack: [MediaMessageCase] = [
        .init(
            name: "one track", kind: .video, bytes: wire("96 01 'hvc1' 07 000010 AA"),
            items: [frame(.hvc1, .key, 10..<11, track: 7, offset: 16)]),
        .init(
            name: "many tracks of a codec", kind: .video,
            bytes: wire("A6 13 'avc1' 00 000002 AABB 01 000001 CC 02 000000"),
            items: [frame(.avc1, [], 10..<12, track: 0), frame(.avc1, [], 16..<17, track: 1)]),
        .init(
            name: "many tracks of many codecs", kind: .video,
            bytes: wire("96 20 'avc1' 00 000002 0164 'av01' 01 000001 81"),
            items: [
                .configuration(trackID: 0, codec: .avc1, record: 10..<12),
                .configuration(trackID: 1, codec: .av01, record: 20..<21),
            ]),
        .init(
            name: "one audio track", kind: .audio, bytes: wire("95 01 'Opus' 02 FC"), items: [frame(.opus, .key, 7..<8, track: 2)]
        ),
        .init(
            name: "many audio tracks of many codecs", kind: .audio,
            bytes: wire("95 21 'mp4a' 00 000001 21 'Opus' 01 000002 FCFD"),
            items: [frame(.mp4a, .key, 10..<11), frame(.opus, .key, 19..<21, track: 1)]),
    ]

    static let modEx: [MediaMessageCase] = [
        .init(
            name: "nanoseconds", kind: .video, bytes: wire("97 02 0F423F 01 'av01' AA"),
            items: [frame(.av01, .key, 10..<11, nano: 999_999)]),
        .init(
            name: "nanoseconds on audio", kind: .audio, bytes: wire("97 02 000001 01 'Opus' FC"),
            items: [frame(.opus, .key, 10..<11, nano: 1)]),
        .init(
            name: "unknown of one byte, then nanoseconds", kind: .video, bytes: wire("97 00 EE 17 02 000005 03 'hvc1' AA"),
            items: [frame(.hvc1, .key, 13..<14, nano: 5)]),
        .init(
            name: "255 bytes", kind: .video, bytes: wire("97 FE") + [UInt8](repeating: 7, count: 255) + wire("11 'av01' AA"),
            items: [frame(.av01, .key, 262..<263)]),
        .init(
            name: "256 bytes", kind: .video,
            bytes: wire("97 FF 00FF") + [UInt8](repeating: 7, count: 256) + wire("11 'av01' AA"),
            items: [frame(.av01, .key, 265..<266)]),
        .init(
            name: "300 bytes", kind: .audio,
            bytes: wire("97 FF 012B") + [UInt8](repeating: 7, count: 300) + wire("F1 'Opus' AA"),
            items: [frame(.opus, .key, 309..<310)]),
        .init(
            name: "before multitrack", kind: .video, bytes: wire("97 02 000009 06 01 'av01' 03 AA"),
            items: [frame(.av01, .key, 12..<13, track: 3, nano: 9)]),
    ]
}
