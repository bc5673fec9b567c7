import Formats
import Testing

@Suite struct AudioTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var bytes: [UInt8]
        var rate: UInt32
        var output: UInt32
        var channels: UInt8
        var codec: String
        var isCanonical = true
        var testDescription: String { name }
    }

    static let aac = [
        Case(name: "LC 44100 stereo", bytes: wire("1210"), rate: 44100, output: 44100, channels: 2, codec: "mp4a.40.2"),
        Case(name: "LC 48000 mono", bytes: wire("1188"), rate: 48000, output: 48000, channels: 1, codec: "mp4a.40.2"),
        Case(name: "LC 5.1", bytes: wire("11B0"), rate: 48000, output: 48000, channels: 6, codec: "mp4a.40.2"),
        Case(name: "LC 7.1", bytes: wire("11B8"), rate: 48000, output: 48000, channels: 8, codec: "mp4a.40.2"),
        Case(name: "Main", bytes: wire("0A10"), rate: 44100, output: 44100, channels: 2, codec: "mp4a.40.1"),
        Case(name: "HE, hierarchical", bytes: wire("2B920800"), rate: 22050, output: 44100, channels: 2, codec: "mp4a.40.5"),
        Case(
            name: "HE, backward compatible", bytes: wire("139056E5A0"), rate: 22050, output: 44100, channels: 2,
            codec: "mp4a.40.5"),
        Case(name: "HE v2", bytes: wire("EB8A0800"), rate: 22050, output: 44100, channels: 2, codec: "mp4a.40.29"),
        Case(
            name: "HE v2, backward compatible", bytes: wire("138856E5A54880"), rate: 22050, output: 44100, channels: 2,
            codec: "mp4a.40.29"),
        Case(name: "rate written out", bytes: wire("178012C010"), rate: 9600, output: 9600, channels: 2, codec: "mp4a.40.2"),
        Case(
            name: "empty extension", bytes: wire("121056E500"), rate: 44100, output: 44100, channels: 2, codec: "mp4a.40.2",
            isCanonical: false),
        Case(
            name: "USAC", bytes: wire("F94620"), rate: 48000, output: 48000, channels: 1, codec: "mp4a.40.42", isCanonical: false),
    ]

    @Test(arguments: aac)
    func audioSpecificConfig(_ item: Case) throws {
        let config = try AudioSpecificConfig(parsing: item.bytes)
        #expect(config.sampleRate == item.rate && config.outputSampleRate == item.output)
        #expect(config.outputChannels == item.channels && config.codecString == item.codec)
        if item.isCanonical { #expect(config.serialized == item.bytes) }
        if config.objectType == 2 { #expect(try AudioSpecificConfig(parsing: config.serialized) == config) }
        let track = try TrackDescription.describing(id: 1, codec: .mp4a, configuration: item.bytes)
        #expect(track.sampleRate == item.output && track.channels == UInt32(item.channels) && track.kind == .audio)
        #expect(track.codecString == item.codec)
        #expect(track.samplesPerFrame == (item.output == item.rate ? 1024 : 2048))
    }

    @Test func channelsFromAProgramConfigurationElement() throws {
        var writer = BitWriter()
        writer.u(5, 2)
        writer.u(4, 3)
        writer.u(4, 0)
        writer.u(3, 0)
        writer.u(4, 0)  // element_instance_tag
        writer.u(2, 1)
        writer.u(4, 3)
        for (width, value) in [(4, 2), (4, 0), (4, 1), (2, 1), (3, 0), (4, 0)] { writer.u(width, UInt64(value)) }
        writer.u(3, 0)
        for (isPair, tag) in [(0, 0), (1, 0), (1, 1)] {
            writer.u(1, UInt64(isPair))
            writer.u(4, UInt64(tag))
        }
        writer.u(4, 0)
        writer.alignToByte()
        writer.append([0])
        #expect(try AudioSpecificConfig(parsing: writer.bytes).channels == 6)
    }

    @Test(arguments: ["", "12", "1690", "0010", "1780 0000 10"])
    func brokenConfigurations(text: String) {
        #expect(throws: BitstreamError.self) { try AudioSpecificConfig(parsing: wire(text)) }
    }

    @Test func adts() throws {
        let bytes = wire("fff1504020fffc dc004c617663")
        let header = try ADTSHeader(bytes)
        #expect(header.objectType == 2 && header.sampleRate == 44100 && header.channelConfiguration == 1)
        #expect(header.frameLength == 263 && header.headerLength == 7 && header.blocks == 1)
        #expect(header.configuration.serialized == wire("1208"))
        #expect(throws: BitstreamError.self) { try ADTSHeader(bytes, at: 7) }
        #expect(throws: BitstreamError.self) { try ADTSHeader(bytes, at: 1) }
        #expect(throws: BitstreamError.self) { try ADTSHeader(wire("fff150400000fc")) }
        #expect(throws: BitstreamError.self) { try ADTSHeader(wire("fff17c4020fffc")) }
    }

    @Test func opusHead() throws {
        let head = try OpusHead(parsing: ParameterSets.opus)
        #expect(head == OpusHead(channels: 2))
        #expect(head.serialized == ParameterSets.opus)
        #expect(head.box == wire("00 02 0138 0000BB80 0000 00"))
        #expect(try OpusHead(parsingBox: head.box) == head)
        let surround = wire("'OpusHead' 01 06 3801 80bb0000 00FF 01 0402 000401020305")
        let six = try OpusHead(parsing: surround)
        #expect(six.mapping == wire("0402000401020305") && six.serialized == surround && six.outputGain == -256)
        #expect(try OpusHead(parsingBox: six.box) == six)
        for text in ["", "'OpusHeaD' 01 02 3801 80bb0000 0000 00", "'OpusHead' 01 03 3801 80bb0000 0000 00"] {
            #expect(throws: BitstreamError.self) { try OpusHead(parsing: wire(text)) }
        }
        #expect(throws: BitstreamError.self) { try OpusHead(parsing: Array(surround.dropLast())) }
    }

    @Test(arguments: [
        ("FC", UInt32(960)), ("00", 480), ("08", 960), ("18", 2880), ("60", 480), ("68", 960), ("80", 120), ("98", 960),
        ("FD", 1920), ("FF03", 2880), ("FF06", 5760),
    ])
    func opusDurations(text: String, samples: UInt32) {
        #expect(OpusPacket.duration(wire(text)) == samples)
    }

    @Test(arguments: ["", "FF", "FF00", "FF07", "1B03"])
    func noOpusDuration(text: String) {
        #expect(OpusPacket.duration(wire(text)) == nil)
    }

    @Test func layerThree() throws {
        let header = try MP3Header(wire("fffb9064 0000"))
        #expect(header.layer == 3 && header.isMPEG1 && header.sampleRate == 44100 && header.channels == 2)
        #expect(header.bitrate == 128_000 && header.samplesPerFrame == 1152 && header.frameLength == 417)
        let low = try MP3Header(wire("fff384c4"))
        #expect(!low.isMPEG1 && low.sampleRate == 24000 && low.samplesPerFrame == 576 && low.channels == 1)
        for text in ["fffb90", "ffeb9064", "fff99064", "fffbf064", "fffb9c64", "00000000"] {
            #expect(throws: BitstreamError.self) { try MP3Header(wire(text)) }
        }
        let track = TrackDescription(id: 1, kind: .audio, codec: .mp3).applying(firstFrame: wire("fffb9064 0000")).track
        #expect(track.sampleRate == 44100 && track.channels == 2 && track.codecString == "mp4a.40.34")
    }

    @Test func flac() throws {
        let info = try FLACStreamInfo(parsing: ParameterSets.flac)
        #expect(info.sampleRate == 44100 && info.channels == 1 && info.bitsPerSample == 16 && info.maxBlockSize == 1024)
        #expect(info.box == ParameterSets.flac)
        #expect(try FLACStreamInfo(parsing: info.serialized) == info)
        #expect(try FLACStreamInfo(parsing: info.block) == info)
        #expect(throws: BitstreamError.self) { try FLACStreamInfo(parsing: Array(info.block.dropLast())) }
        #expect(try TrackDescription.describing(id: 1, codec: .flac, configuration: info.serialized).samplesPerFrame == 1024)
    }

    @Test func dolby() throws {
        let plain = try AC3Header(wire("0b77b50b1e40ebf8403eff99"))
        #expect(!plain.isEnhanced && plain.sampleRate == 48000 && plain.channels == 6 && plain.bitrate == 448_000)
        #expect(plain.frameLength == 1792 && plain.box == wire("103de0"))
        let enhanced = try AC3Header(wire("0b77017f3487c00020842108"))
        #expect(enhanced.isEnhanced && enhanced.sampleRate == 48000 && enhanced.channels == 2 && enhanced.samplesPerFrame == 1536)
        #expect(enhanced.frameLength == 768 && enhanced.box == wire("0600200400"))
        for (codec, frame) in [(FourCC.ac3, "0b77b50b1e40ebf8403eff99"), (.ec3, "0b77017f3487c00020842108")] {
            let track = TrackDescription(id: 1, kind: .audio, codec: codec).applying(firstFrame: wire(frame)).track
            let again = try TrackDescription.describing(id: 1, codec: codec, configuration: track.configuration)
            #expect(again.sampleRate == 48000 && again.channels == track.channels && again.codecString == codec.description)
        }
        // Half of 32 kHz: the box cannot tell the rate, the track keeps what the frame told.
        let half = TrackDescription(id: 1, kind: .audio, codec: .ec3).applying(firstFrame: wire("0b77017fe487c000")).track
        var again = half
        try again.applyConfiguration()
        #expect(half.sampleRate == 16000 && half.channels == 2 && again == half)
        for text in ["", "0b78", "0b77b50bde40", "0b77b50b1e40", "0b77b50bffffffff"] {
            #expect(throws: BitstreamError.self) { try AC3Header(wire(text)) }
        }
    }
}
