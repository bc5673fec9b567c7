/// AVCDecoderConfigurationRecord, the payload of `avcC` (ISO 14496-15 §5.3.3.1).
///
/// Owns copies of the parameter sets. `serialized` gives a record with the same meaning; bytes behind the record are dropped.
public struct AVCConfiguration: Sendable, Equatable {
    /// Bytes per NAL unit length in the payloads that came with the record, 1, 2 or 4 (3 is tolerated).
    public var lengthSize: Int
    /// Sequence parameter sets as NAL units, at least one.
    public var sequenceParameterSets: [[UInt8]]
    /// Picture parameter sets as NAL units; may be empty in records of careless encoders.
    public var pictureParameterSets: [[UInt8]]
    /// `AVCProfileIndication`, `profile_compatibility`, `AVCLevelIndication` as the record has them.
    public var profile: UInt8, constraints: UInt8, level: UInt8
    /// Sequence parameter set extensions; written for high profiles only.
    public var extensions: [[UInt8]] = []

    /// Reads a record. Throws when it is truncated, has another version, or names no sequence parameter set.
    public init(parsing record: [UInt8]) throws(BitstreamError) {
        var reader = BitReader(record)
        let version = try reader.byte("configurationVersion")
        guard version == 1 else { throw .invalid(field: "configurationVersion", value: UInt64(version)) }
        profile = try reader.byte("AVCProfileIndication")
        constraints = try reader.byte("profile_compatibility")
        level = try reader.byte("AVCLevelIndication")
        lengthSize = Int(try reader.byte("lengthSizeMinusOne") & 3) + 1
        let count = Int(try reader.byte("numOfSequenceParameterSets") & 0x1F)
        sequenceParameterSets = try Self.sets(count, &reader)
        guard !sequenceParameterSets.isEmpty else { throw .invalid(field: "numOfSequenceParameterSets", value: 0) }
        pictureParameterSets = try Self.sets(Int(try reader.byte("numOfPictureParameterSets")), &reader)
        // The tail is missing in many records; what is not whole is not there.
        if H264SPS.highProfiles.contains(profile), (try? reader.skip(24, "chroma_format")) != nil,
            let extensionCount = try? reader.byte("numOfSequenceParameterSetExt"),
            let found = try? Self.sets(Int(extensionCount), &reader)
        {
            extensions = found
        }
    }

    /// Makes a record from NAL units; nil without a readable sequence parameter set or with more than the record can hold.
    public init?(sequenceParameterSets: [[UInt8]], pictureParameterSets: [[UInt8]]) {
        let all = sequenceParameterSets + pictureParameterSets
        guard let first = sequenceParameterSets.first, (try? H264SPS(nalUnit: first)) != nil, first.count >= 4,
            sequenceParameterSets.count <= 31, pictureParameterSets.count <= 255,
            all.allSatisfy({ !$0.isEmpty && $0.count <= 0xFFFF })
        else { return nil }
        self.sequenceParameterSets = sequenceParameterSets
        self.pictureParameterSets = pictureParameterSets
        (profile, constraints, level, lengthSize) = (first[1], first[2], first[3], 4)
    }

    /// Makes a record from parameter sets of all types in any order; other units are ignored.
    public init?(parameterSets: [[UInt8]]) {
        self.init(
            sequenceParameterSets: parameterSets.filter { ($0.first ?? 0) & 0x1F == 7 },
            pictureParameterSets: parameterSets.filter { ($0.first ?? 0) & 0x1F == 8 })
    }

    /// The record as bytes.
    public var serialized: [UInt8] {
        var writer = BitWriter()
        writer.append([1, profile, constraints, level, 0xFC | UInt8(truncatingIfNeeded: lengthSize - 1) & 3])
        writer.append([0xE0 | UInt8(truncatingIfNeeded: sequenceParameterSets.count) & 0x1F])
        Self.append(sequenceParameterSets, to: &writer)
        writer.append([UInt8(truncatingIfNeeded: pictureParameterSets.count)])
        Self.append(pictureParameterSets, to: &writer)
        if H264SPS.highProfiles.contains(profile), let sps = try? firstSPS() {
            writer.append([0xFC | sps.chromaFormat, 0xF8 | (sps.bitDepthLuma - 8), 0xF8 | (sps.bitDepthChroma - 8)])
            writer.append([UInt8(truncatingIfNeeded: extensions.count)])
            Self.append(extensions, to: &writer)
        }
        return writer.bytes
    }

    /// The first sequence parameter set, read.
    public func firstSPS() throws(BitstreamError) -> H264SPS {
        try H264SPS(nalUnit: sequenceParameterSets.first ?? [])
    }

    /// `avc1.PPCCLL` (RFC 6381 §3.3), from the record's own header.
    public var codecString: String { "avc1." + Hex.text([profile, constraints, level], uppercase: true) }

    private static func sets(_ count: Int, _ reader: inout BitReader) throws(BitstreamError) -> [[UInt8]] {
        var sets: [[UInt8]] = []
        for _ in 0..<count {
            let length = Int(try reader.u(16, "parameterSetLength"))
            let set = try reader.bytes(length, "parameterSetNALUnit")
            if !set.isEmpty { sets.append(set) }
        }
        return sets
    }

    private static func append(_ sets: [[UInt8]], to writer: inout BitWriter) {
        for set in sets {
            writer.u(16, UInt64(set.count))
            writer.append(set)
        }
    }
}
