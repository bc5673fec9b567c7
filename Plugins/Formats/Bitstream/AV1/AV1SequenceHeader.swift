/// A sequence header OBU of AV1 (AV1 §5.5): what to announce and how large the picture is.
///
/// It reads untrusted bytes; pictures beyond 16384 × 16384 are refused. It never keeps the bytes.
public struct AV1SequenceHeader: Sendable, Equatable {
    /// `seq_profile`: 0 Main, 1 High, 2 Professional.
    public var profile: UInt8
    /// `seq_level_idx[0]`, 0...31.
    public var level: UInt8 = 0
    /// `seq_tier[0]`: high tier.
    public var highTier = false
    /// `reduced_still_picture_header`.
    public var reducedStillPicture = false
    /// Bits per sample: 8, 10 or 12.
    public var bitDepth: UInt8 = 8
    /// `mono_chrome`.
    public var monochrome = false
    /// `subsampling_x` and `subsampling_y`: 1 and 1 for 4:2:0.
    public var subsamplingX: UInt8 = 1, subsamplingY: UInt8 = 1
    /// `chroma_sample_position`.
    public var chromaSamplePosition: UInt8 = 0
    /// Greatest shown size, rate and colour.
    public var geometry = VideoGeometry(width: 0, height: 0)

    private struct DecoderModel {
        var delayBits: Int
    }

    /// Reads an OBU with its header, with or without a size.
    public init(obu bytes: [UInt8]) throws(BitstreamError) {
        var cursor = OBUCursor()
        guard let obu = try cursor.next(in: bytes.span.bytes) else { throw .truncated(field: "obu_header", bitOffset: 0) }
        guard obu.type == OBU.Kind.sequenceHeader else { throw .invalid(field: "obu_type", value: UInt64(obu.type)) }
        try self.init(payload: Array(bytes[obu.payload]))
    }

    /// Reads the payload of a sequence header OBU.
    public init(payload: [UInt8]) throws(BitstreamError) {
        var reader = BitReader(payload)
        profile = UInt8(truncatingIfNeeded: try reader.u(3, "seq_profile"))
        guard profile <= 2 else { throw .invalid(field: "seq_profile", value: UInt64(profile)) }
        try reader.skip(1, "still_picture")
        reducedStillPicture = try reader.flag("reduced_still_picture_header")
        if reducedStillPicture {
            level = UInt8(truncatingIfNeeded: try reader.u(5, "seq_level_idx"))
        } else {
            try readOperatingPoints(&reader)
        }
        try readSize(&reader)
        try skipTools(&reader)
        try readColour(&reader)
    }

    private mutating func readOperatingPoints(_ reader: inout BitReader) throws(BitstreamError) {
        var model: DecoderModel?
        if try reader.flag("timing_info_present_flag") {
            let units = try reader.u(32, "num_units_in_display_tick")
            let scale = try reader.u(32, "time_scale")
            if try reader.flag("equal_picture_interval") {
                let ticks = UInt64(try reader.ue("num_ticks_per_picture_minus_1")) + 1
                // Both factors are below 2³²; their product fits 64 bits.
                geometry.frameRateMilli = VideoGeometry.frameRateMilli(timeScale: scale, unitsPerFrame: UInt64(units) * ticks)
            }
            if try reader.flag("decoder_model_info_present_flag") {
                model = DecoderModel(delayBits: Int(try reader.u(5, "buffer_delay_length_minus_1")) + 1)
                try reader.skip(42, "decoder_model_info")
            }
        }
        let displayDelay = try reader.flag("initial_display_delay_present_flag")
        for index in 0...(try reader.u(5, "operating_points_cnt_minus_1")) {
            try reader.skip(12, "operating_point_idc")
            let pointLevel = UInt8(truncatingIfNeeded: try reader.u(5, "seq_level_idx"))
            let pointTier = pointLevel > 7 ? try reader.flag("seq_tier") : false
            if index == 0 { (level, highTier) = (pointLevel, pointTier) }
            if let model, try reader.flag("decoder_model_present_for_this_op") {
                try reader.skip(model.delayBits * 2 + 1, "operating_parameters_info")
            }
            if displayDelay, try reader.flag("initial_display_delay_present_for_this_op") {
                try reader.skip(4, "initial_display_delay_minus_1")
            }
        }
    }

    private mutating func readSize(_ reader: inout BitReader) throws(BitstreamError) {
        let widthBits = Int(try reader.u(4, "frame_width_bits_minus_1")) + 1
        let heightBits = Int(try reader.u(4, "frame_height_bits_minus_1")) + 1
        let width = UInt64(try reader.u(widthBits, "max_frame_width_minus_1")) + 1
        let height = UInt64(try reader.u(heightBits, "max_frame_height_minus_1")) + 1
        (geometry.width, geometry.height) = try VideoGeometry.size(coded: (width, height), crop: (0, 0))
    }

    /// From `frame_id_numbers_present_flag` to `film_grain`, less the colour configuration between.
    private func skipTools(_ reader: inout BitReader) throws(BitstreamError) {
        if !reducedStillPicture, try reader.flag("frame_id_numbers_present_flag") { try reader.skip(7, "frame_id_length") }
        try reader.skip(3, "use_128x128_superblock")
        guard !reducedStillPicture else { return try reader.skip(3, "enable_superres") }
        try reader.skip(4, "enable_interintra_compound")
        let orderHint = try reader.flag("enable_order_hint")
        if orderHint { try reader.skip(2, "enable_jnt_comp") }
        let chooseScreenContent = try reader.flag("seq_choose_screen_content_tools")
        let screenContent = chooseScreenContent ? true : try reader.flag("seq_force_screen_content_tools")
        if screenContent, try !reader.flag("seq_choose_integer_mv") { try reader.skip(1, "seq_force_integer_mv") }
        if orderHint { try reader.skip(3, "order_hint_bits_minus_1") }
        try reader.skip(3, "enable_superres")
    }

    private mutating func readColour(_ reader: inout BitReader) throws(BitstreamError) {
        let highBitDepth = try reader.flag("high_bitdepth")
        bitDepth = highBitDepth ? 10 : 8
        if profile == 2, highBitDepth, try reader.flag("twelve_bit") { bitDepth = 12 }
        monochrome = profile == 1 ? false : try reader.flag("mono_chrome")
        var colour = ColourDescription(primaries: 2, transfer: 2, matrix: 2, fullRange: false)
        let described = try reader.flag("color_description_present_flag")
        if described {
            colour.primaries = try reader.byte("color_primaries")
            colour.transfer = try reader.byte("transfer_characteristics")
            colour.matrix = try reader.byte("matrix_coefficients")
        }
        if colour.primaries == 1, colour.transfer == 13, colour.matrix == 0, !monochrome {
            colour.fullRange = true  // sRGB
            (subsamplingX, subsamplingY) = (0, 0)
        } else {
            colour.fullRange = try reader.flag("color_range")
            if !monochrome { try readSubsampling(&reader) }
        }
        if described { geometry.colour = colour }
    }

    private mutating func readSubsampling(_ reader: inout BitReader) throws(BitstreamError) {
        switch (profile, bitDepth) {
        case (0, _): (subsamplingX, subsamplingY) = (1, 1)
        case (1, _): (subsamplingX, subsamplingY) = (0, 0)
        case (_, 12):
            subsamplingX = UInt8(truncatingIfNeeded: try reader.u(1, "subsampling_x"))
            subsamplingY = subsamplingX == 1 ? UInt8(truncatingIfNeeded: try reader.u(1, "subsampling_y")) : 0
        default: (subsamplingX, subsamplingY) = (1, 0)
        }
        if subsamplingX == 1, subsamplingY == 1 {
            chromaSamplePosition = UInt8(truncatingIfNeeded: try reader.u(2, "chroma_sample_position"))
        }
    }
}
