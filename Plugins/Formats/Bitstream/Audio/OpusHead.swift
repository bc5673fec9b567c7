/// The identification header of Opus (RFC 7845 §5.1), which is a track's configuration, and its MP4 form `dOps`.
public struct OpusHead: Sendable, Equatable {
    /// Output channels, 1...255.
    public var channels: UInt8
    /// Samples of 48 kHz to drop at the start.
    public var preSkip: UInt16
    /// Rate of the source in Hz, for information.
    public var inputSampleRate: UInt32
    /// Output gain in 1/256 dB.
    public var outputGain: Int16
    /// Channel mapping family: 0 mono and stereo, 1 surround.
    public var mappingFamily: UInt8
    /// Stream count, coupled count and one byte per channel; nil for family 0.
    public var mapping: [UInt8]?

    /// Opus always decodes to this rate.
    public static let sampleRate: UInt32 = 48000

    /// Mono or stereo with the usual encoder delay.
    public init(channels: UInt8, preSkip: UInt16 = 312, inputSampleRate: UInt32 = 48000) {
        self.channels = channels
        self.preSkip = preSkip
        self.inputSampleRate = inputSampleRate
        outputGain = 0
        mappingFamily = 0
        mapping = nil
    }

    /// Reads a header with its magic.
    public init(parsing bytes: [UInt8]) throws(BitstreamError) {
        var reader = BitReader(bytes)
        guard try reader.bytes(8, "magic") == Array("OpusHead".utf8) else { throw .invalid(field: "magic", value: 0) }
        let version = try reader.byte("version")
        guard version & 0xF0 == 0 else { throw .invalid(field: "version", value: UInt64(version)) }
        try self.init(&reader, littleEndian: true)
    }

    /// Reads the payload of a `dOps` box (Opus in ISOBMFF §4.3.2).
    public init(parsingBox bytes: [UInt8]) throws(BitstreamError) {
        var reader = BitReader(bytes)
        let version = try reader.byte("Version")
        guard version == 0 else { throw .invalid(field: "Version", value: UInt64(version)) }
        try self.init(&reader, littleEndian: false)
    }

    private init(_ reader: inout BitReader, littleEndian: Bool) throws(BitstreamError) {
        channels = try reader.byte("channel count")
        guard channels > 0 else { throw .invalid(field: "channel count", value: 0) }
        let skip = UInt16(truncatingIfNeeded: try reader.u(16, "pre-skip"))
        let rate = try reader.u(32, "input sample rate")
        let gain = UInt16(truncatingIfNeeded: try reader.u(16, "output gain"))
        preSkip = littleEndian ? skip.byteSwapped : skip
        inputSampleRate = littleEndian ? rate.byteSwapped : rate
        outputGain = Int16(bitPattern: littleEndian ? gain.byteSwapped : gain)
        mappingFamily = try reader.byte("mapping family")
        if mappingFamily == 0 {
            guard channels <= 2 else { throw .invalid(field: "channel count", value: UInt64(channels)) }
            mapping = nil
        } else {
            mapping = try reader.bytes(2 + Int(channels), "channel mapping table")
        }
    }

    /// The header with its magic.
    public var serialized: [UInt8] {
        Array("OpusHead".utf8)
            + body(
                version: 1, skip: preSkip.byteSwapped, rate: inputSampleRate.byteSwapped,
                gain: UInt16(bitPattern: outputGain).byteSwapped)
    }

    /// The payload of a `dOps` box.
    public var box: [UInt8] {
        body(version: 0, skip: preSkip, rate: inputSampleRate, gain: UInt16(bitPattern: outputGain))
    }

    private func body(version: UInt8, skip: UInt16, rate: UInt32, gain: UInt16) -> [UInt8] {
        var writer = BitWriter()
        writer.append([version, channels])
        writer.u(16, UInt64(skip))
        writer.u(32, UInt64(rate))
        writer.u(16, UInt64(gain))
        writer.append([mappingFamily])
        if mappingFamily != 0 { writer.append(mapping ?? []) }
        return writer.bytes
    }
}
