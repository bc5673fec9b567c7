import Formats
import Testing

@Suite struct HEVCTests {
    @Test func record() throws {
        let configuration = try HEVCConfiguration(parsing: ParameterSets.hevc)
        #expect(configuration.serialized == ParameterSets.hevc)
        #expect(configuration.units(ofType: 32) == [ParameterSets.hevcSets[0]])
        #expect(configuration.codecString == "hvc1.1.6.L60.90")
        let geometry = try configuration.geometry()
        #expect(geometry.width == 320 && geometry.height == 180 && geometry.frameRateMilli == 29970)
        let made = try #require(HEVCConfiguration(parameterSets: ParameterSets.hevcSets.reversed()))
        #expect(made == configuration)
        #expect(made.serialized == ParameterSets.hevc)
        let track = try TrackDescription.describing(id: 3, codec: .hvc1, configuration: ParameterSets.hevc)
        #expect(track.width == 320 && track.height == 180 && track.frameRateMilli == 29970 && track.id == 3)
        #expect(track.codecString == "hvc1.1.6.L60.90")
    }

    @Test func highDynamicRange() throws {
        let sps = try HEVCSPS(nalUnit: ParameterSets.hevcHDR)
        #expect(sps.codecString == "hvc1.2.4.H153.90")
        #expect(sps.bitDepthLuma == 10 && sps.chromaFormat == 1)
        #expect(sps.geometry.width == 1920 && sps.geometry.height == 1080 && sps.geometry.frameRateMilli == 25000)
        #expect(sps.geometry.colour == ColourDescription(primaries: 9, transfer: 16, matrix: 9, fullRange: false))
        let hrd = try HEVCSPS(nalUnit: ParameterSets.hevcHRD)
        #expect(hrd.geometry.width == 1280 && hrd.geometry.height == 720 && hrd.geometry.frameRateMilli == 25000)
    }

    @Test func codecStringsOfAnnexE() throws {
        // general_profile_space 1, compatibility flags reversed, all constraint bytes kept up to the last that is not zero.
        var head = ParameterSets.hevc
        head[1] = 0x40 | 0x02
        head[2...5] = [0x20, 0, 0, 0]
        head[6...11] = [0xB0, 0, 0x08, 0, 0, 0]
        head[12] = 123
        #expect(try HEVCConfiguration(parsing: head).codecString == "hvc1.A2.4.L123.B0.0.8")
        head[6...11] = [0, 0, 0, 0, 0, 0]
        #expect(try HEVCConfiguration(parsing: head).codecString == "hvc1.A2.4.L123")
    }

    @Test func frameRateFromTheVideoParameterSet() throws {
        var set = BitWriter()
        set.u(4, 0)
        set.u(2, 3)
        set.u(6, 0)
        set.u(3, 0)
        set.flag(true)
        set.u(16, 0xFFFF)
        set.u(8, 1)
        set.u(32, 0x6000_0000)
        set.u(48, 0x9000_0000_0000)
        set.u(8, 60)
        set.flag(false)
        for value: UInt32 in [4, 2, 0] { set.ue(value) }
        set.u(6, 0)
        set.ue(0)
        set.flag(true)
        set.u(32, 1)
        set.u(32, 50)
        set.trailingBits()
        let unit = [0x40, 1] + RBSP.escaped(set.bytes)
        #expect(try HEVCVPS(nalUnit: unit).frameRateMilli == 50000)
        #expect(try HEVCVPS(nalUnit: ParameterSets.hevcSets[0]).frameRateMilli == 0)
    }

    @Test func hostileSets() {
        #expect(throws: BitstreamError.self) { try HEVCSPS(nalUnit: [0x42, 1] + [UInt8](repeating: 0, count: 64)) }
        #expect(throws: BitstreamError.self) { try HEVCSPS(nalUnit: [0x42, 1] + [UInt8](repeating: 0xFF, count: 64)) }
        #expect(throws: BitstreamError.self) { try HEVCSPS(nalUnit: []) }
        #expect(throws: BitstreamError.self) { try HEVCSPS(nalUnit: ParameterSets.hevcSets[0]) }
        #expect(HEVCConfiguration(parameterSets: [ParameterSets.hevcSets[0]]) == nil)
        var set = BitWriter()
        set.u(8, 1)
        set.u(32, 0x0160_0000)
        set.u(48, 0)
        set.u(16, 60)
        for value: UInt32 in [0, 1, 4_294_967_294, 16] { set.ue(value) }
        set.flag(false)
        set.trailingBits()
        #expect(throws: BitstreamError.overLimit(field: "width", value: 4_294_967_294, limit: 16384)) {
            try HEVCSPS(nalUnit: [0x42, 1] + RBSP.escaped(set.bytes))
        }
        // 65535 units in one array.
        let many = ParameterSets.hevcHead + [1, 0xA0, 0xFF, 0xFF] + (0..<65535).flatMap { _ in [UInt8(0), 0] }
        #expect(throws: BitstreamError.overLimit(field: "numNalus", value: 257, limit: 256)) {
            try HEVCConfiguration(parsing: many)
        }
    }
}
