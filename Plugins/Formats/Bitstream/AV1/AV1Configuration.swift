/// AV1CodecConfigurationRecord, the payload of `av1C` (AV1 in ISOBMFF §2.3).
public struct AV1Configuration: Sendable, Equatable {
    /// `seq_profile`, 0...2.
    public var profile: UInt8
    /// `seq_level_idx_0`, 0...31.
    public var level: UInt8
    /// `seq_tier_0`.
    public var highTier: Bool
    /// Bits per sample: 8, 10 or 12.
    public var bitDepth: UInt8
    /// `monochrome`.
    public var monochrome: Bool
    /// `chroma_subsampling_x` and `chroma_subsampling_y`.
    public var subsamplingX: UInt8, subsamplingY: UInt8
    /// `chroma_sample_position`.
    public var chromaSamplePosition: UInt8
    /// `initial_presentation_delay_minus_one`, nil when absent.
    public var presentationDelayMinusOne: UInt8?
    /// `configOBUs`: usually the sequence header OBU, sized; may be empty.
    public var units: [UInt8]

    /// Reads a record; throws when it is shorter than four bytes or has another marker or version.
    public init(parsing record: [UInt8]) throws(BitstreamError) {
        var reader = BitReader(record)
        let head = try reader.byte("marker")
        guard head == 0x81 else { throw .invalid(field: "marker and version", value: UInt64(head)) }
        profile = UInt8(truncatingIfNeeded: try reader.u(3, "seq_profile"))
        guard profile <= 2 else { throw .invalid(field: "seq_profile", value: UInt64(profile)) }
        level = UInt8(truncatingIfNeeded: try reader.u(5, "seq_level_idx_0"))
        highTier = try reader.flag("seq_tier_0")
        let high = try reader.flag("high_bitdepth")
        let twelve = try reader.flag("twelve_bit")
        bitDepth = high ? (twelve && profile == 2 ? 12 : 10) : 8
        monochrome = try reader.flag("monochrome")
        subsamplingX = UInt8(truncatingIfNeeded: try reader.u(1, "chroma_subsampling_x"))
        subsamplingY = UInt8(truncatingIfNeeded: try reader.u(1, "chroma_subsampling_y"))
        chromaSamplePosition = UInt8(truncatingIfNeeded: try reader.u(2, "chroma_sample_position"))
        try reader.skip(3, "reserved")
        let delayed = try reader.flag("initial_presentation_delay_present")
        let delay = UInt8(truncatingIfNeeded: try reader.u(4, "initial_presentation_delay_minus_one"))
        presentationDelayMinusOne = delayed ? delay : nil
        units = Array(record.dropFirst(4))
    }

    /// Makes a record from a sequence header OBU with its header; a missing size is added. Nil when it cannot be read.
    public init?(sequenceHeader obu: [UInt8]) {
        guard let sized = try? AV1TemporalUnit.canonical(obu.span.bytes), let header = try? AV1SequenceHeader(obu: sized) else {
            return nil
        }
        self.init(header, units: sized)
    }

    private init(_ header: AV1SequenceHeader, units: [UInt8]) {
        (profile, level, highTier) = (header.profile, header.level, header.highTier)
        (bitDepth, monochrome) = (header.bitDepth, header.monochrome)
        (subsamplingX, subsamplingY) = (header.subsamplingX, header.subsamplingY)
        chromaSamplePosition = header.chromaSamplePosition
        presentationDelayMinusOne = nil
        self.units = units
    }

    /// The record as bytes.
    public var serialized: [UInt8] {
        var writer = BitWriter()
        writer.append([0x81])
        writer.u(3, UInt64(profile))
        writer.u(5, UInt64(level))
        writer.flag(highTier)
        writer.flag(bitDepth > 8)
        writer.flag(bitDepth > 10)
        writer.flag(monochrome)
        writer.u(1, UInt64(subsamplingX))
        writer.u(1, UInt64(subsamplingY))
        writer.u(2, UInt64(chromaSamplePosition))
        writer.u(3, 0)
        writer.flag(presentationDelayMinusOne != nil)
        writer.u(4, UInt64(presentationDelayMinusOne ?? 0))
        writer.append(units)
        return writer.bytes
    }

    /// The sequence header in `units`, read; nil when there is none.
    public func sequenceHeader() throws(BitstreamError) -> AV1SequenceHeader? {
        var cursor = OBUCursor()
        while let obu = try cursor.next(in: units.span.bytes) {
            guard obu.type == OBU.Kind.sequenceHeader else { continue }
            return try AV1SequenceHeader(payload: Array(units[obu.payload]))
        }
        return nil
    }

    /// `av01.P.LLT.DD` (AV1 in ISOBMFF §5).
    public var codecString: String {
        let number = level < 10 ? "0" + String(level) : String(level)
        return "av01." + String(profile) + "." + number + (highTier ? "H" : "M") + (bitDepth < 10 ? ".0" : ".") + String(bitDepth)
    }
}
