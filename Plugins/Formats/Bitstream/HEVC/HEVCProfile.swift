/// The general part of HEVC's profile_tier_level (H.265 §7.3.3): what a codec string and `hvcC` announce.
public struct HEVCProfile: Sendable, Equatable {
    /// `general_profile_space`, 0...3.
    public var space: UInt8 = 0
    /// `general_tier_flag`: high tier.
    public var highTier = false
    /// `general_profile_idc`: 1 Main, 2 Main 10.
    public var profile: UInt8 = 0
    /// `general_profile_compatibility_flag[0...31]`, flag 0 in the most significant bit.
    public var compatibility: UInt32 = 0
    /// The six bytes of constraint flags, in the low 48 bits.
    public var constraints: UInt64 = 0
    /// `general_level_idc`: 30 times the level.
    public var level: UInt8 = 0

    /// Reads profile_tier_level(1, maxSubLayersMinus1) and passes over the sub-layers.
    init(_ reader: inout BitReader, maxSubLayersMinus1: Int) throws(BitstreamError) {
        try readGeneral(&reader)
        level = try reader.byte("general_level_idc")
        var present: [(profile: Bool, level: Bool)] = []
        for _ in 0..<maxSubLayersMinus1 {
            present.append((try reader.flag("sub_layer_profile_present_flag"), try reader.flag("sub_layer_level_present_flag")))
        }
        if maxSubLayersMinus1 > 0 { try reader.skip((8 - maxSubLayersMinus1) * 2, "reserved_zero_2bits") }
        for layer in present {
            if layer.profile { try reader.skip(88, "sub_layer_profile") }
            if layer.level { try reader.skip(8, "sub_layer_level_idc") }
        }
    }

    /// Reads the twelve bytes of `hvcC`, which have the same layout.
    init(record reader: inout BitReader) throws(BitstreamError) {
        try readGeneral(&reader)
        level = try reader.byte("general_level_idc")
    }

    private mutating func readGeneral(_ reader: inout BitReader) throws(BitstreamError) {
        space = UInt8(truncatingIfNeeded: try reader.u(2, "general_profile_space"))
        highTier = try reader.flag("general_tier_flag")
        profile = UInt8(truncatingIfNeeded: try reader.u(5, "general_profile_idc"))
        compatibility = try reader.u(32, "general_profile_compatibility_flags")
        constraints = try reader.u64(48, "general_constraint_indicator_flags")
    }

    /// The twelve bytes as `hvcC` has them.
    func write(to writer: inout BitWriter) {
        writer.u(2, UInt64(space))
        writer.flag(highTier)
        writer.u(5, UInt64(profile))
        writer.u(32, UInt64(compatibility))
        writer.u(48, constraints)
        writer.u(8, UInt64(level))
    }

    /// `hvc1.A.B.Lxx.Cn…`: space and profile, compatibility flags in reverse bit order, tier and level, constraint bytes without trailing
    /// zero bytes (ISO 14496-15 annex E.3).
    public var codecString: String {
        let spaces = ["", "A", "B", "C"]
        var text = "hvc1." + spaces[Int(space & 3)] + String(profile)
        text += "." + String(Self.reversed(compatibility), radix: 16, uppercase: true)
        text += highTier ? ".H" : ".L"
        text += String(level)
        var remaining = constraints << 16
        while remaining != 0 {
            text += "." + String(remaining >> 56, radix: 16, uppercase: true)
            remaining <<= 8
        }
        return text
    }

    private static func reversed(_ value: UInt32) -> UInt32 {
        var result: UInt32 = 0
        for bit in 0..<UInt32(32) where value >> bit & 1 == 1 { result |= 1 << (31 - bit) }
        return result
    }
}
