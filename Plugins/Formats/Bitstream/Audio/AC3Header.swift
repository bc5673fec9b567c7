/// The start of an AC-3 or E-AC-3 synchronisation frame (ETSI TS 102 366 §4.3, annex E), and its MP4 form `dac3` or `dec3`.
public struct AC3Header: Sendable, Equatable {
    /// Whether the frame is E-AC-3.
    public var isEnhanced: Bool
    /// In Hz.
    public var sampleRate: UInt32
    /// Output channels with the low-frequency one.
    public var channels: UInt8
    /// Samples in the frame: 1536, or 256, 512, 768 in E-AC-3.
    public var samplesPerFrame: UInt32
    /// Bytes of the frame.
    public var frameLength: Int
    /// In bits per second.
    public var bitrate: UInt32
    /// The payload of `dac3` (3 bytes) or `dec3` (5 bytes, one independent substream): the track's configuration.
    public var box: [UInt8]

    private static let rates: [UInt32] = [48000, 44100, 32000]
    private static let bitrates: [UInt32] = [
        32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640,
    ]
    private static let channelCounts: [UInt8] = [2, 1, 2, 3, 3, 4, 4, 5]

    /// Reads a frame from its sync word on.
    public init(_ frame: RawSpan) throws(BitstreamError) {
        var reader = BitReader(frame.copy(0..<16))
        let sync = try reader.u(16, "syncword")
        guard sync == 0x0B77 else { throw .invalid(field: "syncword", value: UInt64(sync)) }
        // bsid stands at the same place in both: five bits from bit 40.
        var probe = reader
        try probe.skip(24, "crc1")
        let bsid = try probe.u(5, "bsid")
        guard bsid <= 16 else { throw .invalid(field: "bsid", value: UInt64(bsid)) }
        if bsid <= 10 {
            try self.init(ac3: &reader)
        } else {
            try self.init(enhanced: &reader)
        }
    }

    private init(ac3 reader: inout BitReader) throws(BitstreamError) {
        try reader.skip(16, "crc1")
        let rateCode = try reader.u(2, "fscod")
        guard rateCode < 3 else { throw .invalid(field: "fscod", value: 3) }
        let sizeCode = try reader.u(6, "frmsizecod")
        guard sizeCode < 38 else { throw .invalid(field: "frmsizecod", value: UInt64(sizeCode)) }
        let bsid = try reader.u(5, "bsid")
        let bsmod = try reader.u(3, "bsmod")
        let acmod = try reader.u(3, "acmod")
        if acmod & 1 != 0, acmod != 1 { try reader.skip(2, "cmixlev") }
        if acmod & 4 != 0 { try reader.skip(2, "surmixlev") }
        if acmod == 2 { try reader.skip(2, "dsurmod") }
        let lfe = try reader.u(1, "lfeon")
        isEnhanced = false
        sampleRate = Self.rates[Int(rateCode)]
        channels = Self.channelCounts[Int(acmod)] + UInt8(truncatingIfNeeded: lfe)
        samplesPerFrame = 1536
        bitrate = Self.bitrates[Int(sizeCode >> 1)] * 1000
        let words = rateCode == 1 ? bitrate / 1000 * 96000 / 44100 + (sizeCode & 1) : bitrate * 96 / sampleRate
        frameLength = Int(words) * 2
        var writer = BitWriter()
        for (width, value) in [(2, rateCode), (5, bsid), (3, bsmod), (3, acmod), (1, lfe), (5, sizeCode >> 1), (5, 0)] {
            writer.u(width, UInt64(value))
        }
        box = writer.bytes
    }

    private init(enhanced reader: inout BitReader) throws(BitstreamError) {
        try reader.skip(2, "strmtyp")
        try reader.skip(3, "substreamid")
        frameLength = (Int(try reader.u(11, "frmsiz")) + 1) * 2
        let rateCode = try reader.u(2, "fscod")
        let second = try reader.u(2, "numblkscod")
        guard rateCode < 3 || second < 3 else { throw .invalid(field: "fscod2", value: 3) }
        let acmod = try reader.u(3, "acmod")
        let lfe = try reader.u(1, "lfeon")
        let bsid = try reader.u(5, "bsid")
        isEnhanced = true
        sampleRate = rateCode < 3 ? Self.rates[Int(rateCode)] : Self.rates[Int(second)] / 2
        channels = Self.channelCounts[Int(acmod)] + UInt8(truncatingIfNeeded: lfe)
        samplesPerFrame = rateCode < 3 ? [256, 512, 768, 1536][Int(second)] : 1536
        bitrate = UInt32(truncatingIfNeeded: frameLength) * 8 * sampleRate / samplesPerFrame
        var writer = BitWriter()
        writer.u(13, UInt64(min(bitrate / 1000, 0x1FFF)))
        writer.u(3, 0)
        for (width, value) in [(2, rateCode), (5, bsid), (1, 0), (1, 0), (3, 0), (3, acmod), (1, lfe), (3, 0), (4, 0), (1, 0)] {
            writer.u(width, UInt64(value))
        }
        box = writer.bytes
    }

    /// Rate and channels as a `dac3` or `dec3` payload tells them; the rate is 0 for the halved rates of E-AC-3, which `dec3` does not tell.
    static func format(box: [UInt8], enhanced: Bool) throws(BitstreamError) -> (sampleRate: UInt32, channels: UInt8) {
        var reader = BitReader(box)
        if enhanced { try reader.skip(16, "data_rate") }
        let rateCode = Int(try reader.u(2, "fscod"))
        guard rateCode < 3 || enhanced else { throw .invalid(field: "fscod", value: 3) }
        try reader.skip(enhanced ? 10 : 8, "bsid")
        let acmod = Int(try reader.u(3, "acmod"))
        let lfe = UInt8(truncatingIfNeeded: try reader.u(1, "lfeon"))
        return (rateCode < 3 ? rates[rateCode] : 0, channelCounts[acmod & 7] + lfe)
    }
}
