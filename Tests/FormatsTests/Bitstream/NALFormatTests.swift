import Formats
import TestSupport
import Testing

@Suite struct NALFormatTests {
    /// SPS, PPS, delimiter, filler, SEI (user data), IDR slice, with lengths of the given size.
    static func unit(_ bytes: [UInt8], lengthSize: Int) -> [UInt8] {
        (0..<lengthSize).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * (lengthSize - 1 - $0))) } + bytes
    }

    static let sei = wire("06 05 02 AABB 80")
    static let idr = wire("65 88 84 00 10")
    static let slice = wire("41 9A 02")

    static func accessUnit(_ units: [[UInt8]], lengthSize: Int = 4) -> [UInt8] {
        units.flatMap { unit($0, lengthSize: lengthSize) }
    }

    @Test(arguments: [1, 2, 3, 4])
    func strippingAndLengths(lengthSize: Int) throws {
        let sps = try AVCConfiguration(parsing: ParameterSets.avc).sequenceParameterSets[0]
        let input = Self.accessUnit(
            [wire("09F0"), sps, wire("68EF"), [], Self.sei, Self.idr, wire("0CFFFF80")], lengthSize: lengthSize)
        let summary = try NALFormat.h264.inspect(input, lengthSize: lengthSize)
        #expect(summary.units == 6)
        #expect(summary.isRandomAccess && summary.isKey && summary.hasPicture && summary.hasParameterSets)
        #expect(!summary.isCanonical && !summary.hasRecoveryPoint)
        let canonical = try NALFormat.h264.canonical(input, lengthSize: lengthSize)
        #expect(canonical == Self.accessUnit([Self.sei, Self.idr]))
        #expect(summary.canonicalSize == canonical.count)
        #expect(try NALFormat.h264.parameterSets(in: input, lengthSize: lengthSize) == [sps, wire("68EF")])
        let again = try NALFormat.h264.inspect(canonical)
        #expect(again.isCanonical && again.canonicalSize == canonical.count && !again.hasParameterSets)
    }

    @Test func lengthsThatLeaveThePayload() throws {
        let good = Self.accessUnit([Self.sei, Self.idr])
        for count in 0..<good.count {
            let cut = Array(good.prefix(count))
            if count == 0 || count == 4 + Self.sei.count {
                #expect(try NALFormat.h264.canonical(cut) == cut)
            } else {
                #expect(throws: BitstreamError.self) { try NALFormat.h264.inspect(cut) }
                #expect(throws: BitstreamError.self) { try NALFormat.h264.canonical(cut) }
            }
        }
        #expect(throws: BitstreamError.invalid(field: "NAL unit length", value: 0xFFFF_FFFF)) {
            try NALFormat.h264.inspect(wire("FFFFFFFF 65"))
        }
    }

    @Test(arguments: [
        ("06 06 01 C4 80", true), ("06 05 01 00 06 01 C4 80", true), ("06 05 04 00000301 80 06 01 C4", true),
        ("06 01 01 06 80", false), ("06 06 00 80", false), ("06 05 FF 06 01", false), ("06", false), ("06 FFFFFFFF", false),
    ])
    func recoveryPoints(text: String, isThere: Bool) throws {
        let input = Self.accessUnit([wire(text), Self.slice])
        let summary = try NALFormat.h264.inspect(input)
        #expect(summary.hasRecoveryPoint == isThere)
        #expect(summary.isKey == isThere)
        #expect(!summary.isRandomAccess)
        #expect(summary.isCanonical)
    }

    @Test(arguments: [
        (UInt8(1), false), (9, false), (16, true), (18, true), (19, true), (20, true), (21, true), (0, false),
    ])
    func hevcRandomAccess(type: UInt8, isKey: Bool) throws {
        let input = Self.accessUnit([wire("4601 50"), ParameterSets.hevcSets[1], [type << 1, 1, 0xAA]])
        let summary = try NALFormat.hevc.inspect(input)
        #expect(summary.isKey == isKey)
        #expect(summary.hasPicture && summary.hasParameterSets)
        #expect(try NALFormat.hevc.canonical(input) == Self.accessUnit([[type << 1, 1, 0xAA]]))
    }

    @Test func annexBRoundTrip() throws {
        let units = [wire("09F0"), Self.sei, Self.idr, wire("41 00 00 03 01")]
        let prefixed = Self.accessUnit(units)
        let stream = try AnnexB.byteStream(prefixed)
        #expect(AnnexB.units(in: stream) == units)
        #expect(AnnexB.lengthPrefixed(stream) == prefixed)
        // Three-byte start codes, leading and trailing zero bytes, an empty unit.
        let loose = wire("0000 000001 09F0 00 00000001 000001 41AA 0000")
        #expect(AnnexB.units(in: loose) == [wire("09F0"), wire("41AA")])
        #expect(AnnexB.units(in: wire("0000")).isEmpty)
        #expect(AnnexB.units(in: wire("AABBCC")).isEmpty)
    }

    @Test func damagedAccessUnitsNeverTrap() {
        var generator = SeededGenerator(seed: 7)
        let good = Self.accessUnit([wire("09F0"), Self.sei, Self.idr, Self.slice])
        for _ in 0..<2000 {
            let bytes = flipped(good, &generator)
            for size in 1...4 {
                let summary = try? NALFormat.h264.inspect(bytes, lengthSize: size)
                let canonical = try? NALFormat.h264.canonical(bytes, lengthSize: size)
                #expect((summary == nil) == (canonical == nil))
                #expect(summary?.canonicalSize == canonical?.count)
                _ = try? NALFormat.hevc.inspect(bytes, lengthSize: size)
            }
            _ = AnnexB.lengthPrefixed(bytes)
        }
    }
}
