/// A frame header of MPEG-1/2/2.5 audio (ISO 11172-3 §2.4.1.3): layer III, and the layers below it.
public struct MP3Header: Sendable, Equatable {
    /// 1, 2 or 3.
    public var layer: UInt8
    /// Whether the stream is MPEG-1 (else MPEG-2 or 2.5, with low sampling rates).
    public var isMPEG1: Bool
    /// In Hz.
    public var sampleRate: UInt32
    /// 1 or 2.
    public var channels: UInt8
    /// In bits per second, 0 for free format.
    public var bitrate: UInt32
    /// Samples per frame: 384, 576 or 1152.
    public var samplesPerFrame: UInt32
    /// Header and payload in bytes, 0 for free format.
    public var frameLength: Int

    private static let mpeg1: [[UInt32]] = [
        [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
        [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
        [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
    ]
    private static let mpeg2: [[UInt32]] = [
        [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
        [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
        [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
    ]

    /// Reads the four bytes at `offset`.
    public init(_ bytes: RawSpan, at offset: Int = 0) throws(BitstreamError) {
        guard let word = bytes.bigEndian(at: offset, width: 4) else { throw .truncated(field: "header", bitOffset: 0) }
        let header = UInt32(truncatingIfNeeded: word)
        guard header >> 21 == 0x7FF else { throw .invalid(field: "syncword", value: UInt64(header >> 21)) }
        let version = header >> 19 & 3
        let layerCode = header >> 17 & 3
        let bitrateIndex = Int(header >> 12 & 15)
        let rateIndex = Int(header >> 10 & 3)
        guard version != 1 else { throw .invalid(field: "ID", value: 1) }
        guard layerCode != 0 else { throw .invalid(field: "layer", value: 0) }
        guard bitrateIndex < 15 else { throw .invalid(field: "bitrate_index", value: 15) }
        guard rateIndex < 3 else { throw .invalid(field: "sampling_frequency", value: 3) }
        layer = UInt8(truncatingIfNeeded: 4 - layerCode)
        isMPEG1 = version == 3
        sampleRate = [44100, 48000, 32000][rateIndex] >> (version == 3 ? 0 : version == 2 ? 1 : 2)
        channels = header >> 6 & 3 == 3 ? 1 : 2
        bitrate = (isMPEG1 ? Self.mpeg1 : Self.mpeg2)[Int(layer) - 1][bitrateIndex] * 1000
        samplesPerFrame = layer == 1 ? 384 : layer == 3 && !isMPEG1 ? 576 : 1152
        let padding = header >> 9 & 1
        let slots = samplesPerFrame / 8 * bitrate / sampleRate
        frameLength = bitrate == 0 ? 0 : layer == 1 ? Int((slots / 4 + padding) * 4) : Int(slots + padding)
    }
}
