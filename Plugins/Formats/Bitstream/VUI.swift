/// The parts of video usability information that H.264 (§E.1.1) and HEVC (§E.2.1) write alike.
struct VUI {
    var colour: ColourDescription?
    var pixelAspect: PixelAspectRatio?

    /// Table E-1, indexed by `aspect_ratio_idc`.
    private static let ratios: [(UInt32, UInt32)] = [
        (0, 0), (1, 1), (12, 11), (10, 11), (16, 11), (40, 33), (24, 11), (20, 11), (32, 11), (80, 33), (18, 11), (15, 11),
        (64, 33), (160, 99), (4, 3), (3, 2), (2, 1),
    ]

    /// Reads from `aspect_ratio_info_present_flag` to the chroma locations.
    init(_ reader: inout BitReader) throws(BitstreamError) {
        if try reader.flag("aspect_ratio_info_present_flag") {
            let idc = Int(try reader.u(8, "aspect_ratio_idc"))
            if idc == 255 {
                let horizontal = try reader.u(16, "sar_width")
                let vertical = try reader.u(16, "sar_height")
                if horizontal > 0, vertical > 0 {
                    pixelAspect = PixelAspectRatio(horizontal: horizontal, vertical: vertical)
                }
            } else if idc > 0, idc < Self.ratios.count {
                pixelAspect = PixelAspectRatio(horizontal: Self.ratios[idc].0, vertical: Self.ratios[idc].1)
            }
        }
        if try reader.flag("overscan_info_present_flag") { try reader.skip(1, "overscan_appropriate_flag") }
        if try reader.flag("video_signal_type_present_flag") {
            try reader.skip(3, "video_format")
            let fullRange = try reader.flag("video_full_range_flag")
            if try reader.flag("colour_description_present_flag") {
                colour = ColourDescription(
                    primaries: try reader.byte("colour_primaries"), transfer: try reader.byte("transfer_characteristics"),
                    matrix: try reader.byte("matrix_coefficients"), fullRange: fullRange)
            }
        }
        if try reader.flag("chroma_loc_info_present_flag") {
            _ = try reader.ue("chroma_sample_loc_type_top_field")
            _ = try reader.ue("chroma_sample_loc_type_bottom_field")
        }
    }
}
