/// A sequence parameter set of H.264 (§7.3.2.1.1), as far as a server wants to know it: what to announce and how large it is.
///
/// It reads untrusted bytes with checked arithmetic; pictures beyond 16384 × 16384 are refused. It never keeps the bytes.
public struct H264SPS: Sendable, Equatable {
    /// `profile_idc`.
    public var profile: UInt8
    /// The constraint flags and two reserved bits, as one byte.
    public var constraints: UInt8
    /// `level_idc`.
    public var level: UInt8
    /// `seq_parameter_set_id`, 0...31.
    public var id: UInt8
    /// 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4.
    public var chromaFormat: UInt8 = 1
    /// Bits per luma sample, 8...14.
    public var bitDepthLuma: UInt8 = 8
    /// Bits per chroma sample, 8...14.
    public var bitDepthChroma: UInt8 = 8
    /// `frame_mbs_only_flag`: no interlaced coding.
    public var progressive = true
    /// Shown size, rate and colour.
    public var geometry = VideoGeometry(width: 0, height: 0)

    /// Profiles with `chroma_format_idc` and what follows it (§7.3.2.1.1).
    static let highProfiles: Set<UInt8> = [100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]

    /// Reads a whole NAL unit, header byte included.
    public init(nalUnit: [UInt8]) throws(BitstreamError) {
        guard let header = nalUnit.first else { throw .truncated(field: "nal_unit_header", bitOffset: 0) }
        guard header & 0x1F == 7 || header & 0x1F == 15 else {
            throw .invalid(field: "nal_unit_type", value: UInt64(header & 0x1F))
        }
        var reader = BitReader(nalUnit: nalUnit, headerSize: 1)
        profile = try reader.byte("profile_idc")
        constraints = try reader.byte("constraint_set_flags")
        level = try reader.byte("level_idc")
        id = UInt8(truncatingIfNeeded: try reader.ue("seq_parameter_set_id", atMost: 31))
        var separatePlanes = false
        if Self.highProfiles.contains(profile) { separatePlanes = try readHighProfileFields(&reader) }
        _ = try reader.ue("log2_max_frame_num_minus4", atMost: 12)
        try Self.skipPictureOrderCount(&reader)
        _ = try reader.ue("max_num_ref_frames", atMost: 64)
        try reader.skip(1, "gaps_in_frame_num_value_allowed_flag")
        try readSize(&reader, monochromeCrop: separatePlanes || chromaFormat == 0)
        // A broken VUI costs the frame rate, not the stream: decoders ignore it as well.
        if let present = try? reader.flag("vui_parameters_present_flag"), present { try? readVUI(&reader) }
    }

    private mutating func readHighProfileFields(_ reader: inout BitReader) throws(BitstreamError) -> Bool {
        chromaFormat = UInt8(truncatingIfNeeded: try reader.ue("chroma_format_idc", atMost: 3))
        let separatePlanes = chromaFormat == 3 ? try reader.flag("separate_colour_plane_flag") : false
        bitDepthLuma = UInt8(truncatingIfNeeded: 8 + (try reader.ue("bit_depth_luma_minus8", atMost: 6)))
        bitDepthChroma = UInt8(truncatingIfNeeded: 8 + (try reader.ue("bit_depth_chroma_minus8", atMost: 6)))
        try reader.skip(1, "qpprime_y_zero_transform_bypass_flag")
        if try reader.flag("seq_scaling_matrix_present_flag") {
            for index in 0..<(chromaFormat == 3 ? 12 : 8) where try reader.flag("seq_scaling_list_present_flag") {
                try Self.skipScalingList(&reader, size: index < 6 ? 16 : 64)
            }
        }
        return separatePlanes
    }

    private static func skipScalingList(_ reader: inout BitReader, size: Int) throws(BitstreamError) {
        var last: Int32 = 8
        for _ in 0..<size {
            let next = (last &+ (try reader.se("delta_scale"))) & 0xFF
            if next == 0 { return }
            last = next
        }
    }

    private static func skipPictureOrderCount(_ reader: inout BitReader) throws(BitstreamError) {
        switch try reader.ue("pic_order_cnt_type", atMost: 2) {
        case 0:
            _ = try reader.ue("log2_max_pic_order_cnt_lsb_minus4", atMost: 12)
        case 1:
            try reader.skip(1, "delta_pic_order_always_zero_flag")
            _ = try reader.se("offset_for_non_ref_pic")
            _ = try reader.se("offset_for_top_to_bottom_field")
            for _ in 0..<(try reader.ue("num_ref_frames_in_pic_order_cnt_cycle", atMost: 255)) {
                _ = try reader.se("offset_for_ref_frame")
            }
        default: break
        }
    }

    private mutating func readSize(_ reader: inout BitReader, monochromeCrop: Bool) throws(BitstreamError) {
        let columns = UInt64(try reader.ue("pic_width_in_mbs_minus1")) + 1
        let rows = UInt64(try reader.ue("pic_height_in_map_units_minus1")) + 1
        progressive = try reader.flag("frame_mbs_only_flag")
        if !progressive { try reader.skip(1, "mb_adaptive_frame_field_flag") }
        try reader.skip(1, "direct_8x8_inference_flag")
        let fields: UInt64 = progressive ? 1 : 2
        var crop: (horizontal: UInt64, vertical: UInt64) = (0, 0)
        if try reader.flag("frame_cropping_flag") {
            let horizontal = UInt64(try reader.ue("frame_crop_left_offset")) + UInt64(try reader.ue("frame_crop_right_offset"))
            let vertical = UInt64(try reader.ue("frame_crop_top_offset")) + UInt64(try reader.ue("frame_crop_bottom_offset"))
            let unitX: UInt64 = !monochromeCrop && (chromaFormat == 1 || chromaFormat == 2) ? 2 : 1
            let unitY: UInt64 = !monochromeCrop && chromaFormat == 1 ? 2 : 1
            crop = (horizontal * unitX, vertical * unitY * fields)
        }
        // No product can overflow: each factor is at most 2³³.
        (geometry.width, geometry.height) = try VideoGeometry.size(
            coded: (width: columns * 16, height: rows * 16 * fields), crop: crop)
    }

    private mutating func readVUI(_ reader: inout BitReader) throws(BitstreamError) {
        let vui = try VUI(&reader)
        geometry.colour = vui.colour
        geometry.pixelAspect = vui.pixelAspect
        guard try reader.flag("timing_info_present_flag") else { return }
        let units = try reader.u(32, "num_units_in_tick")
        let scale = try reader.u(32, "time_scale")
        geometry.frameRateMilli = VideoGeometry.frameRateMilli(timeScale: scale, unitsPerFrame: UInt64(units) * 2)
    }

    /// `avc1.PPCCLL` (RFC 6381 §3.3).
    public var codecString: String { "avc1." + Hex.text([profile, constraints, level], uppercase: true) }
}
