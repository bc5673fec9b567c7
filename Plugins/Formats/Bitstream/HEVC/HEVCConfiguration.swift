/// HEVCDecoderConfigurationRecord, the payload of `hvcC` (ISO 14496-15 §8.3.3.1).
///
/// Owns copies of the parameter sets. `serialized` gives a record with the same meaning; bytes behind the record are dropped.
public struct HEVCConfiguration: Sendable, Equatable {
    /// NAL units of one type.
    public struct UnitArray: Sendable, Equatable {
        /// `array_completeness`: no more such units inside the stream.
        public var complete: Bool
        /// `NAL_unit_type`: 32 VPS, 33 SPS, 34 PPS, 39 SEI.
        public var type: UInt8
        /// The units with their headers.
        public var units: [[UInt8]]
    }

    /// Profile, tier and level.
    public var profile: HEVCProfile
    /// `min_spatial_segmentation_idc`, 12 bits.
    public var minSpatialSegmentation: UInt16
    /// `parallelismType`, 2 bits.
    public var parallelism: UInt8
    /// `chroma_format_idc`, 2 bits.
    public var chromaFormat: UInt8
    /// Bits per sample less 8, 3 bits each.
    public var bitDepthLumaMinus8: UInt8, bitDepthChromaMinus8: UInt8
    /// Frames per 256 seconds, 0 unspecified.
    public var averageFrameRate: UInt16
    /// `constantFrameRate`, 2 bits.
    public var constantFrameRate: UInt8
    /// `numTemporalLayers`, 3 bits.
    public var temporalLayers: UInt8
    /// `temporalIdNested`.
    public var temporalIdNested: Bool
    /// Bytes per NAL unit length in the payloads that came with the record.
    public var lengthSize: Int
    /// The parameter sets, in the record's order.
    public var arrays: [UnitArray]

    /// Most NAL units that a record may hold in all.
    public static let unitLimit = 256

    /// Reads a record. Throws when it is truncated, has another version, or more than 256 units.
    public init(parsing record: [UInt8]) throws(BitstreamError) {
        var reader = BitReader(record)
        let version = try reader.byte("configurationVersion")
        // Drafts wrote 0, and some encoders still do.
        guard version <= 1 else { throw .invalid(field: "configurationVersion", value: UInt64(version)) }
        profile = try HEVCProfile(record: &reader)
        minSpatialSegmentation = UInt16(truncatingIfNeeded: try reader.u(16, "min_spatial_segmentation_idc") & 0xFFF)
        parallelism = try reader.byte("parallelismType") & 3
        chromaFormat = try reader.byte("chromaFormat") & 3
        bitDepthLumaMinus8 = try reader.byte("bitDepthLumaMinus8") & 7
        bitDepthChromaMinus8 = try reader.byte("bitDepthChromaMinus8") & 7
        averageFrameRate = UInt16(truncatingIfNeeded: try reader.u(16, "avgFrameRate"))
        constantFrameRate = UInt8(truncatingIfNeeded: try reader.u(2, "constantFrameRate"))
        temporalLayers = UInt8(truncatingIfNeeded: try reader.u(3, "numTemporalLayers"))
        temporalIdNested = try reader.flag("temporalIdNested")
        lengthSize = Int(try reader.u(2, "lengthSizeMinusOne")) + 1
        arrays = []
        var total = 0
        for _ in 0..<(try reader.byte("numOfArrays")) {
            let head = try reader.byte("NAL_unit_type")
            var array = UnitArray(complete: head & 0x80 != 0, type: head & 0x3F, units: [])
            for _ in 0..<(try reader.u(16, "numNalus")) {
                let length = Int(try reader.u(16, "nalUnitLength"))
                let unit = try reader.bytes(length, "nalUnit")
                total += 1
                guard total <= Self.unitLimit else {
                    throw .overLimit(field: "numNalus", value: UInt64(total), limit: UInt64(Self.unitLimit))
                }
                if unit.count > 2 { array.units.append(unit) }
            }
            if !array.units.isEmpty { arrays.append(array) }
        }
    }

    /// Makes a record from VPS, SPS and PPS units in any order; nil without a readable SPS or with units that do not fit.
    public init?(parameterSets: [[UInt8]]) {
        let kept = parameterSets.filter { $0.count > 2 && $0.count <= 0xFFFF && (32...34).contains(($0[0] >> 1) & 0x3F) }
        guard kept.count <= Self.unitLimit, let first = kept.first(where: { ($0[0] >> 1) & 0x3F == 33 }),
            let sps = try? HEVCSPS(nalUnit: first)
        else { return nil }
        profile = sps.profile
        minSpatialSegmentation = sps.minSpatialSegmentation
        parallelism = 0
        chromaFormat = sps.chromaFormat
        bitDepthLumaMinus8 = min(7, sps.bitDepthLuma - 8)
        bitDepthChromaMinus8 = min(7, sps.bitDepthChroma - 8)
        averageFrameRate = 0
        constantFrameRate = 0
        temporalLayers = sps.subLayers
        temporalIdNested = sps.temporalIdNested
        lengthSize = 4
        arrays = []
        for type in UInt8(32)...34 {
            let units = kept.filter { ($0[0] >> 1) & 0x3F == type }
            if !units.isEmpty { arrays.append(UnitArray(complete: true, type: type, units: units)) }
        }
    }

    /// The record as bytes.
    public var serialized: [UInt8] {
        var writer = BitWriter()
        writer.append([1])
        profile.write(to: &writer)
        writer.u(16, 0xF000 | UInt64(minSpatialSegmentation & 0xFFF))
        writer.append([0xFC | (parallelism & 3), 0xFC | (chromaFormat & 3)])
        writer.append([0xF8 | (bitDepthLumaMinus8 & 7), 0xF8 | (bitDepthChromaMinus8 & 7)])
        writer.u(16, UInt64(averageFrameRate))
        writer.u(2, UInt64(constantFrameRate))
        writer.u(3, UInt64(temporalLayers))
        writer.flag(temporalIdNested)
        writer.u(2, UInt64(truncatingIfNeeded: lengthSize - 1) & 3)
        writer.append([UInt8(truncatingIfNeeded: arrays.count)])
        for array in arrays {
            writer.append([(array.complete ? 0x80 : 0) | (array.type & 0x3F)])
            writer.u(16, UInt64(array.units.count))
            for unit in array.units {
                writer.u(16, UInt64(unit.count))
                writer.append(unit)
            }
        }
        return writer.bytes
    }

    /// All units of one type: 32 VPS, 33 SPS, 34 PPS.
    public func units(ofType type: UInt8) -> [[UInt8]] {
        arrays.filter { $0.type == type }.flatMap { $0.units }
    }

    /// The first sequence parameter set, read.
    public func firstSPS() throws(BitstreamError) -> HEVCSPS {
        try HEVCSPS(nalUnit: units(ofType: 33).first ?? [])
    }

    /// Shown size, rate and colour: the SPS, and the VPS for a rate that the SPS lacks.
    public func geometry() throws(BitstreamError) -> VideoGeometry {
        var geometry = try firstSPS().geometry
        if geometry.frameRateMilli == 0, let unit = units(ofType: 32).first, let vps = try? HEVCVPS(nalUnit: unit) {
            geometry.frameRateMilli = vps.frameRateMilli
        }
        return geometry
    }

    /// `hvc1.…` (ISO 14496-15 annex E.3), from the record's own header.
    public var codecString: String { profile.codecString }
}
