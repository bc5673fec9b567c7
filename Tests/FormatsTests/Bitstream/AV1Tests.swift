import Formats
import Testing

@Suite struct AV1Tests {
    @Test(arguments: [
        (ParameterSets.av1, UInt32(320), UInt32(180), "av01.0.00M.08"),
        (ParameterSets.av1TenBit, 1920, 1080, "av01.0.08M.10"),
        (ParameterSets.av1Aom, 640, 360, "av01.0.01M.08"),
    ])
    func record(bytes: [UInt8], width: UInt32, height: UInt32, codec: String) throws {
        let configuration = try AV1Configuration(parsing: bytes)
        #expect(configuration.serialized == bytes)
        #expect(configuration.codecString == codec)
        let header = try #require(try configuration.sequenceHeader())
        #expect(header.geometry.width == width && header.geometry.height == height)
        #expect(header.bitDepth == configuration.bitDepth && header.level == configuration.level)
        #expect(AV1Configuration(sequenceHeader: configuration.units) == configuration)
        let track = try TrackDescription.describing(id: 0, codec: .av01, configuration: bytes)
        #expect(track.width == width && track.height == height && track.codecString == codec)
    }

    @Test func colour() throws {
        let header = try AV1Configuration(parsing: ParameterSets.av1TenBit).sequenceHeader()
        #expect(header?.geometry.colour?.matrix == 9)
        #expect(header?.subsamplingX == 1 && header?.subsamplingY == 1 && header?.monochrome == false)
    }

    static let sequence = wire("0a0b0200000521e7f66017c002")

    @Test func temporalUnits() throws {
        // Delimiter, sequence header, key frame, padding; the frame without a size at the end.
        let sized = wire("1200") + Self.sequence + wire("3203 10AABB")
        let summary = try AV1TemporalUnit.inspect((sized + wire("7A01 80")))
        #expect(summary.isKey && summary.hasFrame && !summary.isCanonical && summary.units == 4)
        #expect(summary.sequenceHeader == 2..<15)
        let canonical = Self.sequence + wire("3203 10AABB")
        #expect(try AV1TemporalUnit.canonical((sized + wire("7A01 80"))) == canonical)
        #expect(summary.canonicalSize == canonical.count)
        let open = wire("1200") + Self.sequence + wire("30 10AABB")
        #expect(try AV1TemporalUnit.canonical(open) == canonical)
        #expect(try AV1TemporalUnit.inspect(open).canonicalSize == canonical.count)
        #expect(try AV1TemporalUnit.inspect(canonical).isCanonical)
        let extended = wire("34 08 10AABB")
        #expect(try AV1TemporalUnit.canonical(extended) == wire("36 08 03 10AABB"))
    }

    @Test(arguments: [
        ("3201 10", true), ("3201 30", false), ("3201 00", false), ("3201 90", false), ("1A01 10", true), ("3201 50", false),
        ("3200", false),
    ])
    func keyFrames(text: String, isKey: Bool) throws {
        #expect(try AV1TemporalUnit.inspect(wire(text)).isKey == isKey)
    }

    @Test(arguments: ["80", "32", "320510", "32FFFFFFFFFFFFFFFFFF", "36", "32FFFFFFFF0F10"])
    func brokenUnits(text: String) {
        #expect(throws: BitstreamError.self) { try AV1TemporalUnit.inspect(wire(text)) }
        #expect(throws: BitstreamError.self) { try AV1TemporalUnit.canonical(wire(text)) }
    }

    @Test func timingInfo() throws {
        var writer = BitWriter()
        writer.u(5, 0)
        writer.flag(true)  // timing info
        writer.u(32, 1001)
        writer.u(32, 30000)
        writer.flag(true)
        writer.ue(0)
        writer.flag(false)
        writer.flag(false)
        writer.u(5, 0)
        writer.u(12, 0)
        writer.u(5, 9)
        writer.flag(true)  // tier
        writer.u(8, 0xAA)
        writer.u(11, 1919)
        writer.u(11, 1079)
        writer.append([0, 0, 0, 0])
        let header = try AV1SequenceHeader(payload: writer.bytes)
        #expect(header.geometry.frameRateMilli == 29970 && header.highTier && header.level == 9)
        #expect(header.geometry.width == 1920 && header.geometry.height == 1080)
    }

    @Test func hostileHeaders() {
        #expect(throws: BitstreamError.self) { try AV1SequenceHeader(payload: [UInt8](repeating: 0xFF, count: 64)) }
        #expect(throws: BitstreamError.self) { try AV1SequenceHeader(payload: []) }
        #expect(throws: BitstreamError.invalid(field: "obu_type", value: 2)) { try AV1SequenceHeader(obu: wire("1200")) }
        #expect(throws: BitstreamError.invalid(field: "marker and version", value: 1)) {
            try AV1Configuration(parsing: wire("01000c00"))
        }
        #expect(AV1Configuration(sequenceHeader: wire("0A0100")) == nil)
        // 65536 pixels wide.
        var writer = BitWriter()
        writer.u(5, 3)
        writer.u(5, 8)
        writer.u(8, 0xFF)
        writer.u(32, 0xFFFF_FFFF)
        writer.append([0, 0, 0, 0])
        #expect(throws: BitstreamError.overLimit(field: "width", value: 65536, limit: 16384)) {
            try AV1SequenceHeader(payload: writer.bytes)
        }
    }
}
