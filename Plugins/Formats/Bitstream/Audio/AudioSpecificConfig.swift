/// AudioSpecificConfig of MPEG-4 audio (ISO 14496-3 §1.6.2.1), as RTMP and `esds` carry it for AAC.
///
/// It reads untrusted bytes; unknown object types keep their number, with rate and channels. The bytes themselves are not kept.
public struct AudioSpecificConfig: Sendable, Equatable {
    /// `audioObjectType` of the core: 2 is AAC-LC.
    public var objectType: UInt8
    /// `samplingFrequency` of the core, in Hz.
    public var sampleRate: UInt32
    /// Output channels; 0 when the configuration does not tell.
    public var channels: UInt8
    /// `channelConfiguration`, 0...15; 0 means that a program configuration element tells.
    public var channelConfiguration: UInt8
    /// `frameLengthFlag`: 960 instead of 1024 samples per frame.
    public var shortFrames = false
    /// The rate of the spectral band replication that is signalled explicitly, else nil.
    public var extensionSampleRate: UInt32?
    /// Parametric stereo, signalled explicitly.
    public var parametricStereo = false
    /// Whether the extension is signalled in the first field (object type 5 or 29), not at the end.
    public var hierarchical = false

    /// Table of `samplingFrequencyIndex`.
    static let rates: [UInt32] = [
        96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350,
    ]
    private static let channelCounts: [UInt8] = [0, 1, 2, 3, 4, 5, 6, 8, 0, 0, 0, 7, 8, 24, 8, 0]

    /// An AAC-LC configuration, or of another object type without extension.
    public init(objectType: UInt8 = 2, sampleRate: UInt32, channels: UInt8) {
        self.objectType = objectType
        self.sampleRate = sampleRate
        self.channels = channels
        channelConfiguration = channels <= 6 ? channels : channels == 8 ? 7 : channels == 7 ? 11 : 0
    }

    /// Reads a configuration.
    public init(parsing bytes: [UInt8]) throws(BitstreamError) {
        var reader = BitReader(bytes)
        objectType = try Self.objectType(&reader)
        sampleRate = try Self.rate(&reader)
        channelConfiguration = UInt8(truncatingIfNeeded: try reader.u(4, "channelConfiguration"))
        channels = Self.channelCounts[Int(channelConfiguration & 15)]
        if objectType == 5 || objectType == 29 {
            hierarchical = true
            parametricStereo = objectType == 29
            extensionSampleRate = try Self.rate(&reader)
            objectType = try Self.objectType(&reader)
        }
        guard objectType != 0 else { throw .invalid(field: "audioObjectType", value: 0) }
        // What follows refines; a configuration that stops here is used as it is, as decoders do.
        if Self.generalAudio.contains(objectType), (try? readGeneralAudio(&reader)) != nil, !hierarchical {
            try? readSyncExtension(&reader)
        }
    }

    private static let generalAudio: Set<UInt8> = [1, 2, 3, 4, 6, 7, 17, 19, 20, 21, 22, 23]

    private static func objectType(_ reader: inout BitReader) throws(BitstreamError) -> UInt8 {
        let type = try reader.u(5, "audioObjectType")
        return UInt8(truncatingIfNeeded: type == 31 ? 32 + (try reader.u(6, "audioObjectTypeExt")) : type)
    }

    private static func rate(_ reader: inout BitReader) throws(BitstreamError) -> UInt32 {
        let index = try reader.u(4, "samplingFrequencyIndex")
        if index == 15 {
            let rate = try reader.u(24, "samplingFrequency")
            guard (1000...768_000).contains(rate) else { throw .invalid(field: "samplingFrequency", value: UInt64(rate)) }
            return rate
        }
        guard index < rates.count else { throw .invalid(field: "samplingFrequencyIndex", value: UInt64(index)) }
        return rates[Int(index)]
    }

    /// GASpecificConfig (§4.4.1).
    private mutating func readGeneralAudio(_ reader: inout BitReader) throws(BitstreamError) {
        shortFrames = try reader.flag("frameLengthFlag")
        if try reader.flag("dependsOnCoreCoder") { try reader.skip(14, "coreCoderDelay") }
        let extended = try reader.flag("extensionFlag")
        if channelConfiguration == 0 { channels = try Self.programChannels(&reader) }
        if objectType == 6 || objectType == 20 { try reader.skip(3, "layerNr") }
        if extended {
            if objectType == 22 { try reader.skip(16, "numOfSubFrame") }
            if [17, 19, 20, 23].contains(objectType) { try reader.skip(3, "aacSectionDataResilienceFlag") }
            try reader.skip(1, "extensionFlag3")
        }
    }

    /// Channels of a program_config_element (§4.4.1.1); bit positions count from the configuration's start.
    private static func programChannels(_ reader: inout BitReader) throws(BitstreamError) -> UInt8 {
        try reader.skip(10, "element_instance_tag")
        let front = Int(try reader.u(4, "num_front_channel_elements"))
        let side = Int(try reader.u(4, "num_side_channel_elements"))
        let back = Int(try reader.u(4, "num_back_channel_elements"))
        let lfe = Int(try reader.u(2, "num_lfe_channel_elements"))
        let associated = Int(try reader.u(3, "num_assoc_data_elements"))
        let coupling = Int(try reader.u(4, "num_valid_cc_elements"))
        if try reader.flag("mono_mixdown_present") { try reader.skip(4, "mono_mixdown_element_number") }
        if try reader.flag("stereo_mixdown_present") { try reader.skip(4, "stereo_mixdown_element_number") }
        if try reader.flag("matrix_mixdown_idx_present") { try reader.skip(3, "matrix_mixdown_idx") }
        var channels = lfe
        for _ in 0..<(front + side + back) {
            channels += try reader.flag("element_is_cpe") ? 2 : 1
            try reader.skip(4, "element_tag_select")
        }
        try reader.skip(4 * (lfe + associated) + 5 * coupling, "element_tag_select")
        reader.alignToByte()
        try reader.skip(8 * Int(try reader.u(8, "comment_field_bytes")), "comment_field_data")
        return UInt8(truncatingIfNeeded: channels)
    }

    /// Backward compatible signalling behind the configuration.
    private mutating func readSyncExtension(_ reader: inout BitReader) throws(BitstreamError) {
        guard reader.bitsLeft >= 16, try reader.u(11, "syncExtensionType") == 0x2B7 else { return }
        guard try Self.objectType(&reader) == 5, try reader.flag("sbrPresentFlag") else { return }
        extensionSampleRate = try Self.rate(&reader)
        guard reader.bitsLeft >= 12, try reader.u(11, "syncExtensionType") == 0x548 else { return }
        parametricStereo = try reader.flag("psPresentFlag")
    }

    /// The configuration as bytes; a program configuration element is not written.
    public var serialized: [UInt8] {
        var writer = BitWriter()
        Self.writeType(hierarchical ? (parametricStereo ? 29 : 5) : objectType, &writer)
        Self.writeRate(sampleRate, &writer)
        writer.u(4, UInt64(channelConfiguration))
        if hierarchical {
            Self.writeRate(extensionSampleRate ?? sampleRate, &writer)
            Self.writeType(objectType, &writer)
        }
        guard Self.generalAudio.contains(objectType) else { return writer.bytes }
        writer.flag(shortFrames)
        writer.u(2, 0)
        if objectType == 6 || objectType == 20 { writer.u(3, 0) }
        if let rate = extensionSampleRate, !hierarchical {
            writer.u(11, 0x2B7)
            Self.writeType(5, &writer)
            writer.flag(true)
            Self.writeRate(rate, &writer)
            if parametricStereo {
                writer.u(11, 0x548)
                writer.flag(true)
            }
        }
        return writer.bytes
    }

    private static func writeType(_ type: UInt8, _ writer: inout BitWriter) {
        if type >= 32 {
            writer.u(5, 31)
            writer.u(6, UInt64(type - 32))
        } else {
            writer.u(5, UInt64(type))
        }
    }

    private static func writeRate(_ rate: UInt32, _ writer: inout BitWriter) {
        if let index = rates.firstIndex(of: rate) {
            writer.u(4, UInt64(index))
        } else {
            writer.u(4, 15)
            writer.u(24, UInt64(rate & 0xFF_FFFF))
        }
    }

    /// Samples of the core rate in one frame: 1024 or 960, 512 or 480 for the low-delay types.
    public var samplesPerFrame: UInt32 {
        let lowDelay = objectType == 23 || objectType == 39
        return (shortFrames ? 960 : 1024) / (lowDelay ? 2 : 1)
    }

    /// The rate that a decoder puts out.
    public var outputSampleRate: UInt32 { extensionSampleRate ?? sampleRate }

    /// Channels that a decoder puts out: parametric stereo makes two of one.
    public var outputChannels: UInt8 { parametricStereo && channels == 1 ? 2 : channels }

    /// `mp4a.40.N` (RFC 6381 §3.3).
    public var codecString: String {
        let type: UInt8 = parametricStereo ? 29 : extensionSampleRate != nil ? 5 : objectType
        return "mp4a.40." + String(type)
    }
}
