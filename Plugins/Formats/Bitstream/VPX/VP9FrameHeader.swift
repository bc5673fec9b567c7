/// The start of a VP9 uncompressed header (VP9 bitstream §6.2): key frame, size and colour.
public struct VP9FrameHeader: Sendable, Equatable {
    /// `profile`, 0...3.
    public var profile: UInt8
    /// `show_existing_frame`: nothing else is known then.
    public var showsExistingFrame = false
    /// A key frame.
    public var isKey = false
    /// `show_frame`.
    public var isShown = false
    /// Bits per sample: 8, 10 or 12. Known for key frames.
    public var bitDepth: UInt8 = 8
    /// `color_space`, 0...7 (7 is RGB). Known for key frames.
    public var colourSpace: UInt8 = 0
    /// `color_range`.
    public var fullRange = false
    /// `subsampling_x` and `subsampling_y`.
    public var subsamplingX: UInt8 = 1, subsamplingY: UInt8 = 1
    /// Coded size of a key frame, at most 16384 each; 0 otherwise.
    public var width: UInt32 = 0, height: UInt32 = 0

    /// Reads the first bytes of a frame (a superframe begins with its first frame).
    public init(_ frame: RawSpan) throws(BitstreamError) {
        var reader = BitReader(frame.copy(0..<32))
        guard try reader.u(2, "frame_marker") == 2 else { throw .invalid(field: "frame_marker", value: 0) }
        let low = try reader.u(1, "profile_low_bit")
        profile = UInt8(truncatingIfNeeded: try reader.u(1, "profile_high_bit") << 1 | low)
        if profile == 3, try reader.flag("reserved_zero") { throw .invalid(field: "profile", value: 4) }
        showsExistingFrame = try reader.flag("show_existing_frame")
        if showsExistingFrame { return }
        isKey = try !reader.flag("frame_type")
        isShown = try reader.flag("show_frame")
        try reader.skip(1, "error_resilient_mode")
        guard isKey else { return }
        let sync = try reader.u(24, "frame_sync_code")
        guard sync == 0x498342 else { throw .invalid(field: "frame_sync_code", value: UInt64(sync)) }
        try readColour(&reader)
        width = try reader.u(16, "frame_width_minus_1") + 1
        height = try reader.u(16, "frame_height_minus_1") + 1
        _ = try VideoGeometry.size(coded: (UInt64(width), UInt64(height)), crop: (0, 0))
    }

    private mutating func readColour(_ reader: inout BitReader) throws(BitstreamError) {
        if profile >= 2 { bitDepth = try reader.flag("ten_or_twelve_bit") ? 12 : 10 }
        colourSpace = UInt8(truncatingIfNeeded: try reader.u(3, "color_space"))
        guard colourSpace != 7 else {
            fullRange = true
            (subsamplingX, subsamplingY) = (0, 0)
            if profile == 1 || profile == 3 { try reader.skip(1, "reserved_zero") }
            return
        }
        fullRange = try reader.flag("color_range")
        if profile == 1 || profile == 3 {
            subsamplingX = UInt8(truncatingIfNeeded: try reader.u(1, "subsampling_x"))
            subsamplingY = UInt8(truncatingIfNeeded: try reader.u(1, "subsampling_y"))
            try reader.skip(1, "reserved_zero")
        }
    }
}
