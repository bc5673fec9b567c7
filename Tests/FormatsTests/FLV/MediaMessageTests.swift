import Formats
import TestSupport
import Testing

@Suite struct MediaMessageTests {
    @Test(arguments: MediaMessageCase.all) func parses(_ line: MediaMessageCase) throws {
        #expect(try line.parse(line.bytes) == line.items)
        // Ranges count from the start of the message, also when it is a slice.
        #expect(try line.parse(([0, 0, 0] + line.bytes).dropFirst(3)) == line.items)
    }

    static let refusals: [(name: String, kind: TrackKind, bytes: [UInt8], error: MediaMessageError)] = [
        ("empty video", .video, [], .empty),
        ("Sorenson", .video, wire("22 00"), .unsupportedCodec(.video, id: 2)),
        ("legacy frame type 0", .video, wire("07 01 000000 AA"), .unknownFrameType(0)),
        ("legacy packet type 3", .video, wire("17 03 000000"), .unknownPacketType(.video, 3, offset: 1)),
        ("Speex", .audio, wire("B2 00"), .unsupportedCodec(.audio, id: 11)),
        ("PCM", .audio, wire("3F 00"), .unsupportedCodec(.audio, id: 3)),
        ("AAC packet type 2", .audio, wire("AF 02"), .unknownPacketType(.audio, 2, offset: 1)),
        ("truncated FourCC", .video, wire("90 'hvc'"), .truncated(offset: 1)),
        ("unknown FourCC", .video, wire("90 'hevc'"), .unknownFourCC(FourCC("hevc"), offset: 1)),
        ("audio FourCC in video", .video, wire("90 'Opus'"), .unknownFourCC(.opus, offset: 1)),
        ("video FourCC in audio", .audio, wire("90 'avc1'"), .unknownFourCC(.avc1, offset: 1)),
        ("packet type 8", .video, wire("98 'hvc1'"), .unknownPacketType(.video, 8, offset: 0)),
        ("audio packet type 3", .audio, wire("93 'Opus'"), .unknownPacketType(.audio, 3, offset: 0)),
        ("audio packet type 6", .audio, wire("96 'Opus'"), .unknownPacketType(.audio, 6, offset: 0)),
        ("AV1 descriptor for another codec", .video, wire("95 'hvc1'"), .unknownPacketType(.video, 5, offset: 5)),
        ("frame type 7", .video, wire("F3 'hvc1' AA"), .unknownFrameType(7)),
        ("composition offset cut", .video, wire("91 'hvc1' 0000"), .truncated(offset: 5)),
        ("nested multitrack", .video, wire("96 06 'hvc1' 00"), .nestedMultitrack(offset: 1)),
        ("nested audio multitrack", .audio, wire("95 15 'Opus' 00"), .nestedMultitrack(offset: 1)),
        ("ModEx within multitrack", .video, wire("96 07 'hvc1' 00 AA"), .unknownPacketType(.video, 7, offset: 7)),
        ("multitrack type 3", .video, wire("96 31 'hvc1' 00"), .unknownMultitrackType(3, offset: 1)),
        (
            "size past the end", .video, wire("96 11 'av01' 00 000002 AA"), .trackSize(2, remaining: 1, offset: 7)
        ),
        ("many tracks without one", .video, wire("96 11 'av01'"), .truncated(offset: 6)),
        ("nanoseconds of two bytes", .video, wire("97 01 0001 01 'av01' AA"), .nanoOffset(offset: 2)),
        ("a million nanoseconds", .video, wire("97 02 0F4240 01 'av01' AA"), .nanoOffset(offset: 2)),
        ("ModEx past the end", .video, wire("97 FF FFFF 00"), .truncated(offset: 4)),
        ("channel order 3", .audio, wire("94 'Opus' 03 02"), .unknownChannelOrder(3, offset: 5)),
        ("channel mapping cut", .audio, wire("94 'Opus' 02 03 0001"), .truncated(offset: 7)),
    ]

    @Test(arguments: refusals)
    func refuses(_ line: (name: String, kind: TrackKind, bytes: [UInt8], error: MediaMessageError)) {
        #expect(throws: line.error) {
            line.kind == .video ? try MediaMessage.video(line.bytes) : try MediaMessage.audio(line.bytes)
        }
        #expect(!line.error.description.isEmpty)
    }

    @Test func anErrorLeavesNothingBehind() throws {
        var items: [MediaItem] = [.silence]
        let bytes = wire("96 21 'av01' 00 000001 AA 'hevc' 01 000001 BB")
        #expect(throws: MediaMessageError.unknownFourCC(FourCC("hevc"), offset: 11)) {
            try bytes.withUnsafeBytes { try MediaMessage.parseVideo($0, into: &items) }
        }
        #expect(items == [.silence])
    }

    /// Every shorter message is understood within its bytes or refused; no range leaves it.
    @Test(arguments: MediaMessageCase.all) func truncated(_ line: MediaMessageCase) {
        for count in 0..<line.bytes.count {
            guard let items = try? line.parse(line.bytes.prefix(count)) else { continue }
            #expect(items.allSatisfy { $0.lies(within: count) })
        }
    }

    @Test func flippedBitsStayWithinTheMessage() {
        var generator = SeededGenerator(seed: 2)
        for line in MediaMessageCase.all {
            for _ in 0..<300 {
                let bytes = flipped(line.bytes, &generator)
                guard let items = try? line.parse(bytes) else { continue }
                #expect(items.allSatisfy { $0.lies(within: bytes.count) })
            }
        }
    }

    @Test func colourInformation() throws {
        let colours: AMFValue = ["colorConfig": ["bitDepth": 10, "colorPrimaries": 9]]
        let track = TrackDescription(id: 0, kind: .video, codec: .hvc1)
        let body = try #require(FLVTrackMuxer(track: track)?.metadataBody([AMFProperty("colorInfo", colours)]))
        #expect(body.prefix(5) == wire("94 'hvc1'")[...])
        guard case .metadata(0, .hvc1, let pairs) = try MediaMessage.video(body).first else {
            Issue.record("no metadata")
            return
        }
        #expect(try MediaMessage.metadata(body[pairs]) == [AMFProperty("colorInfo", colours)])
        #expect(try MediaMessage.metadata(wire("02 0009 'colorInfo'")) == [AMFProperty("colorInfo", .undefined)])
        #expect(try MediaMessage.metadata(wire("05 05")).isEmpty)
    }
}

extension MediaItem {
    /// True if the ranges lie in a message of `count` bytes and frames are not empty.
    func lies(within count: Int) -> Bool {
        switch self {
        case .configuration(_, _, let range), .transportConfiguration(_, _, let range), .metadata(_, _, let range):
            (0...count).contains(range.lowerBound) && range.upperBound <= count
        case .frame(let frame):
            frame.payload.lowerBound > 0 && frame.payload.upperBound <= count && !frame.payload.isEmpty
                && frame.nanoOffset <= 999_999
        case .multichannel(_, _, let configuration):
            if case .custom(let range) = configuration.order { range.upperBound <= count } else { true }
        case .sequenceEnd, .silence, .command: true
        }
    }
}
