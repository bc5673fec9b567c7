import Formats
import TestSupport
import Testing

@Suite struct BoxReaderTests {
    @Test func sizes() throws {
        let bytes = wire("00000008 'free' 00000001 'mdat' 0000000000000012 AABB 00000000 'skip' CC")
        var reader = BoxReader(bytes)
        #expect(try reader.next() == Box(type: FourCC("free"), range: 0..<8, payload: 8..<8))
        #expect(try reader.next() == Box(type: FourCC("mdat"), range: 8..<26, payload: 24..<26))
        #expect(try reader.next() == Box(type: FourCC("skip"), range: 26..<35, payload: 34..<35))
        #expect(try reader.next() == nil)
    }

    @Test(arguments: [
        "00", "00000007 'free'", "00000009 'free'", "00000001 'mdat' 00000000", "00000001 'mdat' 000000000000000F",
        "00000001 'mdat' FFFFFFFFFFFFFFFF", "00000001 'mdat' 7FFFFFFFFFFFFFFF", "FFFFFFFF 'moov'",
    ])
    func sizesThatLie(text: String) {
        var reader = BoxReader(wire(text))
        #expect(throws: MP4Error.self) { try reader.next() }
    }

    @Test func countsThatLie() {
        // 4294967295 samples without a byte each.
        let run = "00000014 'trun' 00000001 FFFFFFFF 00000000"
        let text = "0000004C 'moof' 00000010 'mfhd' 00000000 00000001 00000034 'traf' 00000010 'tfhd' 00000000 00000001" + run
        #expect(throws: MP4Error.self) { try ParsedFragment.all(in: wire(text)) }
    }

    static func file() throws -> [UInt8] {
        let tracks = [
            try TrackDescription.describing(id: 0, codec: .avc1, configuration: ParameterSets.avc),
            try TrackDescription.describing(id: 1, codec: .mp4a, configuration: ParameterSets.aac),
        ]
        return try InitializationSegment.make(tracks: tracks)
            + MediaFragmentTests.fragment(MediaFragmentTests.video).fragment.finish(sequenceNumber: 1)
    }

    static func read(_ bytes: [UInt8]) {
        let tracks = (try? MovieTrack.all(in: bytes)) ?? []
        for fragment in (try? ParsedFragment.all(in: bytes, tracks: tracks)) ?? [] {
            for sample in fragment.samples { #expect(sample.range.upperBound <= bytes.count && sample.range.lowerBound >= 0) }
        }
    }

    @Test func cutAtEachLength() throws {
        let bytes = try Self.file()
        #expect(try ParsedFragment.all(in: bytes).count == 1)
        for count in 0..<bytes.count { Self.read(Array(bytes.prefix(count))) }
    }

    @Test func flippedBits() throws {
        let bytes = try Self.file()
        var generator = SeededGenerator(seed: 17)
        for _ in 0..<4000 { Self.read(flipped(bytes, &generator)) }
    }
}
