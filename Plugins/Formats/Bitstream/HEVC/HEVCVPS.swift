/// A video parameter set of HEVC (H.265 §7.3.2.1), read only for the frame rate, which some encoders write nowhere else.
public struct HEVCVPS: Sendable, Equatable {
    /// `vps_max_sub_layers_minus1` + 1, 1...7.
    public var subLayers: UInt8
    /// Frames per 1000 seconds, 0 when the set has no timing.
    public var frameRateMilli: UInt32 = 0

    /// Reads a whole NAL unit, both header bytes included.
    public init(nalUnit: [UInt8]) throws(BitstreamError) {
        guard let header = nalUnit.first else { throw .truncated(field: "nal_unit_header", bitOffset: 0) }
        guard (header >> 1) & 0x3F == 32 else { throw .invalid(field: "nal_unit_type", value: UInt64((header >> 1) & 0x3F)) }
        var reader = BitReader(nalUnit: nalUnit, headerSize: 2)
        try reader.skip(12, "vps_video_parameter_set_id")
        let maxSubLayersMinus1 = Int(try reader.u(3, "vps_max_sub_layers_minus1"))
        guard maxSubLayersMinus1 <= 6 else { throw .invalid(field: "vps_max_sub_layers_minus1", value: 7) }
        subLayers = UInt8(truncatingIfNeeded: maxSubLayersMinus1 + 1)
        try reader.skip(17, "vps_temporal_id_nesting_flag")
        _ = try HEVCProfile(&reader, maxSubLayersMinus1: maxSubLayersMinus1)
        let allLayers = try reader.flag("vps_sub_layer_ordering_info_present_flag")
        for _ in 0..<((allLayers ? maxSubLayersMinus1 + 1 : 1) * 3) { _ = try reader.ue("vps_max_dec_pic_buffering_minus1") }
        let maxLayerId = Int(try reader.u(6, "vps_max_layer_id"))
        let layerSets = try reader.ue("vps_num_layer_sets_minus1", atMost: 1023)
        try reader.skip(layerSets * (maxLayerId + 1), "layer_id_included_flag")
        guard try reader.flag("vps_timing_info_present_flag") else { return }
        let units = try reader.u(32, "vps_num_units_in_tick")
        let scale = try reader.u(32, "vps_time_scale")
        frameRateMilli = VideoGeometry.frameRateMilli(timeScale: scale, unitsPerFrame: UInt64(units))
    }
}
