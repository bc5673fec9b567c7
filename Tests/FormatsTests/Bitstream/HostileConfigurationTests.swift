import Formats
import TestSupport
import Testing

/// Every configuration parser on input that is cut at each length, has bits flipped, or is noise: an error or a value, never a trap,
/// and a value that was accepted survives being written and read again.
@Suite struct HostileConfigurationTests {
    static let seeds: [(codec: FourCC, bytes: [UInt8])] = [
        (.avc1, ParameterSets.avc), (.avc1, ParameterSets.avc1080), (.avc1, ParameterSets.avc444),
        (.avc1, ParameterSets.avcHigh10), (.hvc1, ParameterSets.hevc), (.av01, ParameterSets.av1),
        (.av01, ParameterSets.av1TenBit), (.vp09, wire("00 15 82 02 02 02 0000")), (.mp4a, ParameterSets.aac),
        (.mp4a, wire("138856E5A54880")), (.opus, ParameterSets.opus), (.flac, ParameterSets.flac), (.ac3, wire("103de0")),
        (.ec3, wire("0600200400")),
    ]

    /// Reads all that there is to read; returns whether the configuration was accepted.
    @discardableResult
    static func read(_ codec: FourCC, _ bytes: [UInt8]) -> Bool {
        guard let track = try? TrackDescription.describing(id: 0, codec: codec, configuration: bytes) else { return false }
        #expect(track.width <= 16384 && track.height <= 16384)
        _ = (track.codecString, track.colour, track.pixelAspect, track.samplesPerFrame)
        switch codec {
        case .avc1:
            guard let value = try? AVCConfiguration(parsing: bytes) else { return false }
            #expect(throws: Never.self) {
                let again = try AVCConfiguration(parsing: value.serialized)
                #expect(again.sequenceParameterSets == value.sequenceParameterSets)
                #expect(again.pictureParameterSets == value.pictureParameterSets)
            }
        case .hvc1:
            guard let value = try? HEVCConfiguration(parsing: bytes) else { return false }
            #expect((try? HEVCConfiguration(parsing: value.serialized)) == value)
        case .av01:
            guard let value = try? AV1Configuration(parsing: bytes) else { return false }
            #expect((try? AV1Configuration(parsing: value.serialized)) == value)
        case .opus:
            guard let value = try? OpusHead(parsing: bytes) else { return false }
            #expect((try? OpusHead(parsing: value.serialized)) == value)
            #expect((try? OpusHead(parsingBox: value.box)) == value)
        default: break
        }
        return true
    }

    @Test(arguments: seeds)
    func cutAtEachLength(codec: FourCC, bytes: [UInt8]) {
        #expect(Self.read(codec, bytes))
        for count in 0..<bytes.count { Self.read(codec, Array(bytes.prefix(count))) }
    }

    @Test(arguments: seeds)
    func flippedBits(codec: FourCC, bytes: [UInt8]) {
        var generator = SeededGenerator(seed: 11)
        for _ in 0..<2000 { Self.read(codec, flipped(bytes, &generator)) }
    }

    @Test func noise() {
        var generator = SeededGenerator(seed: 13)
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in UInt8.random(in: 0...255, using: &generator) }
            for codec: FourCC in [.avc1, .hvc1, .av01, .vp09, .mp4a, .opus, .flac, .ac3, .ec3] { Self.read(codec, bytes) }
            _ = try? H264SPS(nalUnit: [0x67, 100] + bytes)
            _ = try? HEVCSPS(nalUnit: [0x42, 1] + bytes)
            _ = try? HEVCVPS(nalUnit: [0x40, 1] + bytes)
            _ = try? AV1SequenceHeader(payload: bytes)
            for codec: FourCC in [.vp08, .vp09, .mp3, .ac3, .ec3] {
                _ = TrackDescription(id: 0, kind: .video, codec: codec).applying(firstFrame: bytes)
            }
            _ = try? ADTSHeader(bytes)
            _ = OpusPacket.duration(bytes)
        }
    }
}
