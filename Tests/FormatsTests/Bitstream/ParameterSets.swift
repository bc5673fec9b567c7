/// Configuration records as encoders made them (x264, x265, SVT-AV1, libaom, libopus, FFmpeg's AAC and FLAC).
enum ParameterSets {
    /// 320 × 180, High, B-frames, 30000/1001.
    static let avc = wire("0164000dffe100186764000dacd941419f9f011000003e90000ea600f142996001000468ef8fcbfdf8f800")
    /// 1920 × 1080 of 1088 coded lines, Baseline, matrix BT.709.
    static let avc1080 = wire("0142c028ffe1001c6742c028da01e0089f97016a040402800000030080000019078c195001000468ce0fc8")
    /// 1920 × 1080, coded in fields, Main.
    static let avcFields = wire("014d4028ffe10019674d4028f403c0227ef011000003000100000300321f162ea001000468de0fc8")
    /// 1920 × 1080, 4:4:4, scaling matrix.
    static let avc444 = wire("01f40028ffe1001b67f40028919680780227e27011000003000100000300320f1832a001000768ce0f19100640fff8f800")
    /// 322 × 182, High 10, aspect 4:3.
    static let avcHigh10 = wire(
        "016e000dffe1001d676e000da6cd941519e226c39a810104a000007d20001d4c01e28532c001000668ebe3cb22c0fdfafa00")

    /// The three sets of a 320 × 180 stream, Main, 30000/1001.
    static let hevcSets = [
        wire("40010c01ffff01600000030090000003000003003c959409"),
        wire("420101016000000300900000030000 03003ca00a080c1f3e595952930bc05a02000007d20000ea6010"),
        wire("4401c073c189"),
    ]
    /// The head of that stream's `hvcC`, before its arrays.
    static let hevcHead = wire("0101600000009000000000003cf000fcfdf8f800000f")
    /// 1920 × 1080, Main 10, high tier, BT.2020 PQ, scaling lists.
    static let hevcHDR = wire(
        "420101222000000300900000030000030099a003c0801107cad965664a4e1780b509100904000003000400000300 6420")
    /// 1280 × 720 with HRD parameters.
    static let hevcHRD = wire(
        "42010101600000030090000003000003005da00280802d16595952930bc05a0200000300020000030032c1392cbc001e848003d091")

    /// 320 × 180, SVT-AV1.
    static let av1 = wire("81000c000a0b0200000521e7f66017c002")
    /// 1920 × 1080, 10 bits, matrix BT.2020.
    static let av1TenBit = wire("81084c000a0f02000042955dfe1b805f0a04041208")
    /// 640 × 360, libaom.
    static let av1Aom = wire("81010c000a0b0000000cc4ff6736be4010")

    /// Stereo, 44100 Hz, with the empty extension that FFmpeg writes.
    static let aac = wire("121056e500")
    /// Stereo, 312 samples of delay.
    static let opus = wire("'OpusHead' 01 02 3801 80bb0000 0000 00")
    /// Mono, 44100 Hz, 1024 samples per block, behind a block header.
    static let flac = wire("80000022 0400 0400 000000 000815 0ac440f000000000 00000000000000000000000000000000")

    /// `hvcC` of the 320 × 180 stream.
    static var hevc: [UInt8] {
        var record = hevcHead + [3]
        for (set, type) in zip(hevcSets, [UInt8(0xA0), 0xA1, 0xA2]) {
            record += [type, 0, 1, 0, UInt8(set.count)] + set
        }
        return record
    }
}
