/// A sequence parameter set of HEVC (H.265 §7.3.2.2), as far as a server wants to know it: what to announce and how large it is.
///
/// It reads untrusted bytes with checked arithmetic; pictures beyond 16384 × 16384 are refused. Multilayer extensions are not read.
public struct HEVCSPS: Sendable, Equatable {
    /// Profile, tier and level.
    public var profile: HEVCProfile
    /// `sps_max_sub_layers_minus1` + 1, 1...7.
    public var subLayers: UInt8
    /// `sps_temporal_id_nesting_flag`.
    public var temporalIdNested: Bool
    /// 0 monochrome, 1 4:2:0, 2 4:2:2, 3 4:4:4.
    public var chromaFormat: UInt8
    /// Bits per luma sample, 8...16.
    public var bitDepthLuma: UInt8
    /// Bits per chroma sample, 8...16.
    public var bitDepthChroma: UInt8
    /// `min_spatial_segmentation_idc`, 0...4095; 0 when the VUI does not say.
    public var minSpatialSegmentation: UInt16 = 0
    /// Shown size, rate and colour.
    public var geometry: VideoGeometry

    /// Reads a whole NAL unit, both header bytes included.
    public init(nalUnit: [UInt8]) throws(BitstreamError) {
        guard let header = nalUnit.first else { throw .truncated(field: "nal_unit_header", bitOffset: 0) }
        guard (header >> 1) & 0x3F == 33 else { throw .invalid(field: "nal_unit_type", value: UInt64((header >> 1) & 0x3F)) }
        var reader = BitReader(nalUnit: nalUnit, headerSize: 2)
        try reader.skip(4, "sps_video_parameter_set_id")
        let maxSubLayersMinus1 = Int(try reader.u(3, "sps_max_sub_layers_minus1"))
        guard maxSubLayersMinus1 <= 6 else { throw .invalid(field: "sps_max_sub_layers_minus1", value: 7) }
        subLayers = UInt8(truncatingIfNeeded: maxSubLayersMinus1 + 1)
        temporalIdNested = try reader.flag("sps_temporal_id_nesting_flag")
        profile = try HEVCProfile(&reader, maxSubLayersMinus1: maxSubLayersMinus1)
        _ = try reader.ue("sps_seq_parameter_set_id", atMost: 15)
        let format = try reader.ue("chroma_format_idc", atMost: 3)
        chromaFormat = UInt8(truncatingIfNeeded: format)
        let separatePlanes = format == 3 ? try reader.flag("separate_colour_plane_flag") : false
        geometry = try Self.geometry(&reader, chromaFormat: separatePlanes ? 0 : format)
        bitDepthLuma = UInt8(truncatingIfNeeded: 8 + (try reader.ue("bit_depth_luma_minus8", atMost: 8)))
        bitDepthChroma = UInt8(truncatingIfNeeded: 8 + (try reader.ue("bit_depth_chroma_minus8", atMost: 8)))
        // A broken tail costs the frame rate, not the stream.
        try? readTail(&reader, maxSubLayersMinus1: maxSubLayersMinus1)
    }

    private static func geometry(_ reader: inout BitReader, chromaFormat: Int) throws(BitstreamError) -> VideoGeometry {
        let width = UInt64(try reader.ue("pic_width_in_luma_samples"))
        let height = UInt64(try reader.ue("pic_height_in_luma_samples"))
        var crop: (horizontal: UInt64, vertical: UInt64) = (0, 0)
        if try reader.flag("conformance_window_flag") {
            let horizontal = UInt64(try reader.ue("conf_win_left_offset")) + UInt64(try reader.ue("conf_win_right_offset"))
            let vertical = UInt64(try reader.ue("conf_win_top_offset")) + UInt64(try reader.ue("conf_win_bottom_offset"))
            crop = (horizontal * (chromaFormat == 1 || chromaFormat == 2 ? 2 : 1), vertical * (chromaFormat == 1 ? 2 : 1))
        }
        let size = try VideoGeometry.size(coded: (width, height), crop: crop)
        return VideoGeometry(width: size.width, height: size.height)
    }

    /// From `log2_max_pic_order_cnt_lsb_minus4` to the VUI.
    private mutating func readTail(_ reader: inout BitReader, maxSubLayersMinus1: Int) throws(BitstreamError) {
        let pocBits = try reader.ue("log2_max_pic_order_cnt_lsb_minus4", atMost: 12) + 4
        let allLayers = try reader.flag("sps_sub_layer_ordering_info_present_flag")
        for _ in 0..<(allLayers ? maxSubLayersMinus1 + 1 : 1) {
            for field in ["sps_max_dec_pic_buffering_minus1", "sps_max_num_reorder_pics", "sps_max_latency_increase_plus1"] {
                _ = try reader.ue(field)
            }
        }
        for field in ["log2_min_cb", "log2_diff_cb", "log2_min_tb", "log2_diff_tb", "depth_inter", "depth_intra"] {
            _ = try reader.ue(field)
        }
        if try reader.flag("scaling_list_enabled_flag"), try reader.flag("sps_scaling_list_data_present_flag") {
            try Self.skipScalingLists(&reader)
        }
        try reader.skip(2, "amp_enabled_flag")
        if try reader.flag("pcm_enabled_flag") {
            try reader.skip(8, "pcm_sample_bit_depth")
            _ = try reader.ue("log2_min_pcm_luma_coding_block_size_minus3")
            _ = try reader.ue("log2_diff_max_min_pcm_luma_coding_block_size")
            try reader.skip(1, "pcm_loop_filter_disabled_flag")
        }
        try HEVCReferencePictureSets.skip(&reader)
        if try reader.flag("long_term_ref_pics_present_flag") {
            let count = try reader.ue("num_long_term_ref_pics_sps", atMost: 32)
            try reader.skip(count * (pocBits + 1), "lt_ref_pic_poc_lsb_sps")
        }
        try reader.skip(2, "sps_temporal_mvp_enabled_flag")
        if try reader.flag("vui_parameters_present_flag") { try readVUI(&reader, maxSubLayersMinus1: maxSubLayersMinus1) }
    }

    private static func skipScalingLists(_ reader: inout BitReader) throws(BitstreamError) {
        for sizeId in 0..<4 {
            for _ in stride(from: 0, to: 6, by: sizeId == 3 ? 3 : 1) {
                guard try reader.flag("scaling_list_pred_mode_flag") else {
                    _ = try reader.ue("scaling_list_pred_matrix_id_delta")
                    continue
                }
                if sizeId > 1 { _ = try reader.se("scaling_list_dc_coef_minus8") }
                for _ in 0..<min(64, 1 << (4 + (sizeId << 1))) { _ = try reader.se("scaling_list_delta_coef") }
            }
        }
    }

    private mutating func readVUI(_ reader: inout BitReader, maxSubLayersMinus1: Int) throws(BitstreamError) {
        let vui = try VUI(&reader)
        geometry.colour = vui.colour
        geometry.pixelAspect = vui.pixelAspect
        try reader.skip(3, "neutral_chroma_indication_flag")
        if try reader.flag("default_display_window_flag") {
            for _ in 0..<4 { _ = try reader.ue("def_disp_win_offset") }
        }
        if try reader.flag("vui_timing_info_present_flag") {
            let units = try reader.u(32, "vui_num_units_in_tick")
            let scale = try reader.u(32, "vui_time_scale")
            geometry.frameRateMilli = VideoGeometry.frameRateMilli(timeScale: scale, unitsPerFrame: UInt64(units))
            if try reader.flag("vui_poc_proportional_to_timing_flag") { _ = try reader.ue("vui_num_ticks_poc_diff_one_minus1") }
            // HRD parameters (annex E.2.2) are not read, and what follows them is not needed.
            if try reader.flag("vui_hrd_parameters_present_flag") { return }
        }
        if try reader.flag("bitstream_restriction_flag") {
            try reader.skip(3, "tiles_fixed_structure_flag")
            minSpatialSegmentation = UInt16(truncatingIfNeeded: try reader.ue("min_spatial_segmentation_idc", atMost: 4095))
        }
    }

    /// `hvc1.…` (ISO 14496-15 annex E.3).
    public var codecString: String { profile.codecString }
}
