import Testing

@testable import LoadCore

@Suite struct FragmentTests {
    static func box(_ type: String, _ body: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.put32(UInt32(body.count + 8))
        return bytes + Array(type.utf8) + body
    }

    static func words(_ values: [UInt32]) -> [UInt8] {
        var bytes: [UInt8] = []
        for value in values { bytes.put32(value) }
        return bytes
    }

    static let initialization: [UInt8] = {
        let header = box("tkhd", words([7, 0, 0, 1, 0, 0]))
        let media = box("mdia", box("mdhd", words([0, 0, 0, 90_000, 0, 0])) + box("hdlr", words([0, 0]) + Array("vide".utf8)))
        return box("ftyp", []) + box("moov", box("trak", header + media))
    }()

    /// Two samples of 5 and 6 bytes, 3000 ticks each.
    static let part: [UInt8] = {
        func movie(_ offset: UInt32) -> [UInt8] {
            let run = box("trun", words([0x201, 2, offset, 5, 6]))
            let track = box("tfhd", words([0x02_0008, 1, 3000])) + box("tfdt", words([0x0100_0000, 0, 90_000])) + run
            return box("moof", box("mfhd", words([0, 1])) + box("traf", track))
        }
        return box("styp", []) + movie(UInt32(movie(0).count) + 8) + box("mdat", Array("helloworlds".utf8))
    }()

    @Test func tracks() throws {
        let tracks = try MovieTracks(parsing: Self.initialization)
        #expect(tracks.tracks == [MovieTracks.Track(id: 1, timescale: 90_000, isVideo: true)])
    }

    @Test func samples() throws {
        let samples = try Self.part.withUnsafeBytes { try Fragments.samples($0) }
        #expect(samples.map(\.decodeTime) == [90_000, 93_000])
        #expect(samples.map { String(decoding: Self.part[$0.range], as: UTF8.self) } == ["hello", "worlds"])
    }

    @Test func aCutPartIsAFault() {
        for length in 1..<Self.part.count where length != 8 {
            #expect(throws: WireFault.self, "\(length)") {
                try Self.part.prefix(length).withUnsafeBytes { try Fragments.samples($0) }
            }
        }
    }

    @Test func damageNeverTraps() {
        var random = Seeded(state: 4)
        for _ in 0..<3000 {
            let bytes = random.flipped(Self.part)
            let samples = bytes.withUnsafeBytes { try? Fragments.samples($0) }
            for sample in samples ?? [] { #expect(sample.range.upperBound <= bytes.count) }
            _ = try? MovieTracks(parsing: random.flipped(Self.initialization))
        }
    }
}
