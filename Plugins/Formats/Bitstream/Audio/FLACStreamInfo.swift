/// STREAMINFO of FLAC (RFC 9639 §8.2), a track's configuration, and its MP4 form `dfLa`.
public struct FLACStreamInfo: Sendable, Equatable {
    /// Least and greatest samples per block.
    public var minBlockSize: UInt16, maxBlockSize: UInt16
    /// In Hz, 1...1048575.
    public var sampleRate: UInt32
    /// 1...8.
    public var channels: UInt8
    /// Bits per sample, 4...32.
    public var bitsPerSample: UInt8
    /// The 34 bytes themselves.
    public let block: [UInt8]

    /// Bytes of a STREAMINFO block without header.
    public static let size = 34

    /// Reads the bare block, the block with its 4-byte header, or both behind "fLaC" (as Enhanced RTMP sends it).
    public init(parsing bytes: [UInt8]) throws(BitstreamError) {
        var body = bytes[...]
        if body.starts(with: "fLaC".utf8) { body = body.dropFirst(4) }
        if body.count >= Self.size + 4, let head = body.first, head & 0x7F == 0 { body = body.dropFirst(4) }
        block = Array(body.prefix(Self.size))
        var reader = BitReader(block)
        minBlockSize = UInt16(truncatingIfNeeded: try reader.u(16, "minimum block size"))
        maxBlockSize = UInt16(truncatingIfNeeded: try reader.u(16, "maximum block size"))
        try reader.skip(48, "frame sizes")
        sampleRate = try reader.u(20, "sample rate")
        guard sampleRate > 0 else { throw .invalid(field: "sample rate", value: 0) }
        channels = UInt8(truncatingIfNeeded: try reader.u(3, "channels")) + 1
        bitsPerSample = UInt8(truncatingIfNeeded: try reader.u(5, "bits per sample")) + 1
        try reader.skip(164, "MD5 checksum")
    }

    /// "fLaC", block header and block: what Enhanced RTMP sends as configuration.
    public var serialized: [UInt8] { Array("fLaC".utf8) + header + block }

    /// The payload of a `dfLa` box after version and flags (FLAC in ISOBMFF §3.3.2).
    public var box: [UInt8] { header + block }

    /// The last metadata block, type 0, 34 bytes.
    private var header: [UInt8] { [0x80, 0, 0, UInt8(Self.size)] }
}
