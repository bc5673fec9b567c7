/// An ADTS frame header of AAC (ISO 13818-7 §6.2), as in MPEG-TS and Icecast.
public struct ADTSHeader: Sendable, Equatable {
    /// `profile` + 1: the MPEG-4 object type, 1...4.
    public var objectType: UInt8
    /// In Hz.
    public var sampleRate: UInt32
    /// `channel_configuration`, 0...7.
    public var channelConfiguration: UInt8
    /// Header and payload in bytes.
    public var frameLength: Int
    /// 7, or 9 with a CRC.
    public var headerLength: Int
    /// Raw data blocks in the frame, 1...4, of 1024 samples each.
    public var blocks: Int

    /// Bytes that a header needs at least.
    public static let size = 7

    /// Reads the header at `offset`; the payload need not be there yet.
    public init(_ bytes: RawSpan, at offset: Int = 0) throws(BitstreamError) {
        guard offset >= 0, offset < bytes.byteCount, bytes.byteCount - offset >= Self.size else {
            throw .truncated(field: "adts_fixed_header", bitOffset: 0)
        }
        var reader = BitReader(bytes.copy(offset..<(offset + Self.size)))
        let sync = try reader.u(12, "syncword")
        guard sync == 0xFFF else { throw .invalid(field: "syncword", value: UInt64(sync)) }
        try reader.skip(1, "ID")
        let layer = try reader.u(2, "layer")
        guard layer == 0 else { throw .invalid(field: "layer", value: UInt64(layer)) }
        headerLength = try reader.flag("protection_absent") ? 7 : 9
        objectType = UInt8(truncatingIfNeeded: try reader.u(2, "profile")) + 1
        let index = Int(try reader.u(4, "sampling_frequency_index"))
        guard index < AudioSpecificConfig.rates.count else {
            throw .invalid(field: "sampling_frequency_index", value: UInt64(index))
        }
        sampleRate = AudioSpecificConfig.rates[index]
        try reader.skip(1, "private_bit")
        channelConfiguration = UInt8(truncatingIfNeeded: try reader.u(3, "channel_configuration"))
        try reader.skip(4, "original_copy")
        frameLength = Int(try reader.u(13, "aac_frame_length"))
        guard frameLength >= headerLength else { throw .invalid(field: "aac_frame_length", value: UInt64(frameLength)) }
        try reader.skip(11, "adts_buffer_fullness")
        blocks = Int(try reader.u(2, "number_of_raw_data_blocks_in_frame")) + 1
    }

    /// The configuration that the same stream has in MP4 and RTMP.
    public var configuration: AudioSpecificConfig {
        var config = AudioSpecificConfig(
            objectType: objectType, sampleRate: sampleRate, channels: channelConfiguration == 7 ? 8 : channelConfiguration)
        config.channelConfiguration = channelConfiguration
        return config
    }
}
