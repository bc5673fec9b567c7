import Formats
import Testing

@Suite struct H264Tests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var record: [UInt8]
        var size: (UInt32, UInt32)
        var rate: UInt32
        var codec: String
        var testDescription: String { name }
    }

    static let cases = [
        Case(name: "High", record: ParameterSets.avc, size: (320, 180), rate: 29970, codec: "avc1.64000D"),
        Case(name: "1080 lines of 1088", record: ParameterSets.avc1080, size: (1920, 1080), rate: 25000, codec: "avc1.42C028"),
        Case(name: "fields", record: ParameterSets.avcFields, size: (1920, 1080), rate: 25000, codec: "avc1.4D4028"),
        Case(name: "4:4:4", record: ParameterSets.avc444, size: (1920, 1080), rate: 25000, codec: "avc1.F40028"),
        Case(name: "High 10", record: ParameterSets.avcHigh10, size: (322, 182), rate: 29970, codec: "avc1.6E000D"),
    ]

    @Test(arguments: cases)
    func record(_ item: Case) throws {
        let configuration = try AVCConfiguration(parsing: item.record)
        #expect(configuration.serialized == item.record)
        #expect(configuration.lengthSize == 4)
        let sps = try configuration.firstSPS()
        #expect(sps.geometry.width == item.size.0 && sps.geometry.height == item.size.1)
        #expect(sps.geometry.frameRateMilli == item.rate)
        #expect(sps.codecString == item.codec && configuration.codecString == item.codec)
        let made = try #require(
            AVCConfiguration(parameterSets: configuration.pictureParameterSets + configuration.sequenceParameterSets))
        #expect(made == configuration)
        let track = try TrackDescription.describing(id: 0, codec: .avc1, configuration: item.record)
        #expect(track.width == item.size.0 && track.height == item.size.1 && track.frameRateMilli == item.rate)
        #expect(track.kind == .video && track.timescale == 1000 && track.codecString == item.codec)
    }

    @Test func details() throws {
        let high10 = try AVCConfiguration(parsing: ParameterSets.avcHigh10).firstSPS()
        #expect(high10.bitDepthLuma == 10 && high10.bitDepthChroma == 10 && high10.chromaFormat == 1)
        #expect(high10.geometry.pixelAspect == PixelAspectRatio(horizontal: 4, vertical: 3))
        #expect(high10.geometry.colour?.matrix == 9)
        #expect(try AVCConfiguration(parsing: ParameterSets.avc444).firstSPS().chromaFormat == 3)
        let colour = try AVCConfiguration(parsing: ParameterSets.avc1080).firstSPS().geometry.colour
        #expect(colour == ColourDescription(primaries: 2, transfer: 2, matrix: 1, fullRange: false))
    }

    /// A baseline SPS of `columns` × `rows` macroblocks.
    static func sps(columns: UInt32, rows: UInt32, crop: [UInt32] = [], fields: Bool = false) -> [UInt8] {
        var writer = BitWriter()
        writer.u(24, 0x42C01E)
        for value: UInt32 in [0, 0, 2, 1] { writer.ue(value) }
        writer.flag(false)
        writer.ue(columns &- 1)
        writer.ue(rows &- 1)
        writer.flag(!fields)
        if fields { writer.flag(false) }
        writer.flag(true)
        writer.flag(!crop.isEmpty)
        for value in crop { writer.ue(value) }
        writer.flag(false)
        writer.trailingBits()
        return [0x67] + RBSP.escaped(writer.bytes)
    }

    @Test func sizes() throws {
        let plain = try H264SPS(nalUnit: Self.sps(columns: 120, rows: 68, crop: [0, 0, 0, 4]))
        #expect(plain.geometry.width == 1920 && plain.geometry.height == 1080 && plain.progressive)
        let fields = try H264SPS(nalUnit: Self.sps(columns: 120, rows: 34, crop: [0, 0, 0, 2], fields: true))
        #expect(fields.geometry.height == 1080 && !fields.progressive)
        let largest = try H264SPS(nalUnit: Self.sps(columns: 1024, rows: 1024))
        #expect(largest.geometry.width == 16384 && largest.geometry.height == 16384)
        #expect(largest.geometry.frameRateMilli == 0)
    }

    @Test func hostileSizes() {
        #expect(throws: BitstreamError.overLimit(field: "width", value: 68_719_476_720, limit: 16384)) {
            try H264SPS(nalUnit: Self.sps(columns: 4_294_967_295, rows: 68))
        }
        #expect(throws: BitstreamError.self) { try H264SPS(nalUnit: Self.sps(columns: 1025, rows: 1)) }
        #expect(throws: BitstreamError.self) {
            try H264SPS(nalUnit: Self.sps(columns: 4_294_967_295, rows: 4_294_967_295, fields: true))
        }
        // Cropping away more than there is, with offsets whose sum leaves 32 bits.
        #expect(throws: BitstreamError.self) {
            try H264SPS(nalUnit: Self.sps(columns: 20, rows: 20, crop: [4_294_967_294, 4_294_967_294, 0, 0]))
        }
        #expect(throws: BitstreamError.self) { try H264SPS(nalUnit: Self.sps(columns: 1, rows: 1, crop: [4, 4, 0, 0])) }
        #expect(throws: BitstreamError.self) { try H264SPS(nalUnit: [0x67] + [UInt8](repeating: 0, count: 64)) }
        #expect(throws: BitstreamError.self) { try H264SPS(nalUnit: [0x67]) }
        #expect(throws: BitstreamError.self) { try H264SPS(nalUnit: []) }
        #expect(throws: BitstreamError.invalid(field: "nal_unit_type", value: 8)) { try H264SPS(nalUnit: [0x68, 1, 2, 3]) }
    }

    @Test func recordsOfCarelessEncoders() throws {
        // No tail behind a high profile record, no picture parameter sets, two-byte lengths, reserved bits zero.
        let full = try AVCConfiguration(parsing: ParameterSets.avc)
        #expect(try AVCConfiguration(parsing: Array(ParameterSets.avc.dropLast(4))) == full)
        var odd = ParameterSets.avc
        odd[4] = 1
        odd[5] = 1
        #expect(try AVCConfiguration(parsing: odd).lengthSize == 2)
        let withoutPictures = Array(ParameterSets.avc.prefix(8 + 24)) + [0]
        #expect(try AVCConfiguration(parsing: withoutPictures).pictureParameterSets.isEmpty)
        #expect(throws: BitstreamError.invalid(field: "configurationVersion", value: 0)) {
            try AVCConfiguration(parsing: [0] + ParameterSets.avc.dropFirst())
        }
        #expect(throws: BitstreamError.invalid(field: "numOfSequenceParameterSets", value: 0)) {
            try AVCConfiguration(parsing: wire("0164000dffe000"))
        }
        #expect(AVCConfiguration(parameterSets: []) == nil)
        #expect(AVCConfiguration(sequenceParameterSets: [wire("6742")], pictureParameterSets: []) == nil)
    }
}
