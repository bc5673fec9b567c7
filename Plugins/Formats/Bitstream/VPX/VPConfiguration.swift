/// VPCodecConfigurationRecord, the payload of `vpcC` (VP codec ISO media file format binding), for VP8 and VP9.
public struct VPConfiguration: Sendable, Equatable {
    /// `profile`, 0...3.
    public var profile: UInt8
    /// `level`, ten times the level; 0 undefined.
    public var level: UInt8
    /// Bits per sample: 8, 10 or 12.
    public var bitDepth: UInt8
    /// `chromaSubsampling`: 0 and 1 are 4:2:0, 2 is 4:2:2, 3 is 4:4:4.
    public var chromaSubsampling: UInt8
    /// Colour; 2 is unspecified.
    public var colour: ColourDescription

    /// Reads a record, with or without the version and flags of the box (both are seen in FLV).
    public init(parsing record: [UInt8]) throws(BitstreamError) {
        // A bare record cannot begin with 1, 0, 0, 0: its third byte holds a bit depth.
        let isFullBox = record.count >= 4 && record[0] <= 1 && record[1] == 0 && record[2] == 0 && record[3] == 0
        var reader = BitReader(isFullBox ? Array(record.dropFirst(4)) : record)
        profile = try reader.byte("profile")
        guard profile <= 3 else { throw .invalid(field: "profile", value: UInt64(profile)) }
        level = try reader.byte("level")
        bitDepth = UInt8(truncatingIfNeeded: try reader.u(4, "bitDepth"))
        guard bitDepth == 8 || bitDepth == 10 || bitDepth == 12 else {
            throw .invalid(field: "bitDepth", value: UInt64(bitDepth))
        }
        chromaSubsampling = UInt8(truncatingIfNeeded: try reader.u(3, "chromaSubsampling"))
        let fullRange = try reader.flag("videoFullRangeFlag")
        colour = ColourDescription(
            primaries: try reader.byte("colourPrimaries"), transfer: try reader.byte("transferCharacteristics"),
            matrix: try reader.byte("matrixCoefficients"), fullRange: fullRange)
    }

    /// Makes a record from a key frame's header; nil for other frames.
    public init?(keyFrame header: VP9FrameHeader) {
        guard header.isKey else { return nil }
        profile = header.profile
        bitDepth = header.bitDepth
        level = Self.level(width: header.width, height: header.height)
        switch (header.subsamplingX, header.subsamplingY) {
        case (1, 1): chromaSubsampling = 1
        case (1, 0): chromaSubsampling = 2
        default: chromaSubsampling = 3
        }
        let codePoint: UInt8 = [2, 6, 1, 6, 7, 9, 2, 2][Int(header.colourSpace & 7)]
        let matrix: UInt8 = header.colourSpace == 7 ? 0 : codePoint
        colour = ColourDescription(
            primaries: codePoint, transfer: codePoint == 9 ? 14 : codePoint, matrix: matrix, fullRange: header.fullRange)
    }

    /// What is said of every VP8 stream.
    public static let vp8 = VPConfiguration(
        profile: 0, level: 0, bitDepth: 8, chromaSubsampling: 1,
        colour: ColourDescription(primaries: 2, transfer: 2, matrix: 2, fullRange: false))

    /// All members.
    public init(profile: UInt8, level: UInt8, bitDepth: UInt8, chromaSubsampling: UInt8, colour: ColourDescription) {
        self.profile = profile
        self.level = level
        self.bitDepth = bitDepth
        self.chromaSubsampling = chromaSubsampling
        self.colour = colour
    }

    /// The record as bytes, without version and flags.
    public var serialized: [UInt8] {
        let depth = bitDepth << 4 | (chromaSubsampling & 7) << 1 | (colour.fullRange ? 1 : 0)
        return [profile, level, depth, colour.primaries, colour.transfer, colour.matrix, 0, 0]
    }

    /// `vp09.PP.LL.DD`; an undefined level is announced as 1.0.
    public var codecString: String {
        "vp09." + Self.decimal(profile) + "." + Self.decimal(level == 0 ? 10 : level) + "." + Self.decimal(bitDepth)
    }

    /// The lowest level whose picture size is enough (VP9 levels, annex A), for 30 frames per second.
    private static func level(width: UInt32, height: UInt32) -> UInt8 {
        let limits: [(UInt64, UInt8)] = [
            (36864, 10), (73728, 11), (122880, 20), (245760, 21), (552960, 30), (983040, 31), (2_228_224, 40), (8_912_896, 50),
        ]
        let pixels = UInt64(width) * UInt64(height)
        return limits.first { pixels <= $0.0 }?.1 ?? 60
    }

    private static func decimal(_ value: UInt8) -> String { value < 10 ? "0" + String(value) : String(value) }
}
