/// Passes over the short-term reference picture sets of a sequence parameter set (H.265 §7.3.7); they stand before the VUI.
enum HEVCReferencePictureSets {
    /// Reads `num_short_term_ref_pic_sets` and all sets: at most 64 of at most 16 pictures.
    static func skip(_ reader: inout BitReader) throws(BitstreamError) {
        let count = try reader.ue("num_short_term_ref_pic_sets", atMost: 64)
        var previous = 0
        for index in 0..<count {
            if index > 0, try reader.flag("inter_ref_pic_set_prediction_flag") {
                previous = try predicted(&reader, from: previous)
            } else {
                previous = try explicit(&reader)
            }
        }
    }

    /// Number of pictures in a set that is predicted from the one before it.
    private static func predicted(_ reader: inout BitReader, from reference: Int) throws(BitstreamError) -> Int {
        try reader.skip(1, "delta_rps_sign")
        _ = try reader.ue("abs_delta_rps_minus1", atMost: 32767)
        var pictures = 0
        for _ in 0...reference {
            if try reader.flag("used_by_curr_pic_flag") {
                pictures += 1
            } else if try reader.flag("use_delta_flag") {
                pictures += 1
            }
        }
        guard pictures <= 16 else { throw .overLimit(field: "NumDeltaPocs", value: UInt64(pictures), limit: 16) }
        return pictures
    }

    private static func explicit(_ reader: inout BitReader) throws(BitstreamError) -> Int {
        let pictures = try reader.ue("num_negative_pics", atMost: 16) + (try reader.ue("num_positive_pics", atMost: 16))
        guard pictures <= 16 else { throw .overLimit(field: "NumDeltaPocs", value: UInt64(pictures), limit: 16) }
        for _ in 0..<pictures {
            _ = try reader.ue("delta_poc_minus1", atMost: 32767)
            try reader.skip(1, "used_by_curr_pic_flag")
        }
        return pictures
    }
}
