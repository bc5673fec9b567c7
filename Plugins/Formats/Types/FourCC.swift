/// A codec or box name of four bytes, first byte in the most significant place.
///
/// Two codecs are equal exactly if their four bytes are: `ac-3` and `AC-3` differ.
public struct FourCC: RawRepresentable, Hashable, Sendable {
    /// The four bytes, big-endian ("avc1" = 0x61766331).
    public var rawValue: UInt32

    /// Any 32-bit number is a FourCC; see `isPrintable`.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// From a literal of four ASCII characters; a shorter one is padded with spaces, of a longer one the first four count.
    public init(_ ascii: StaticString) {
        self.rawValue = ascii.withUTF8Buffer { FourCC.pack($0) }
    }

    /// From text of exactly four ASCII characters, else nil.
    public init?(text: some StringProtocol) {
        let bytes = text.utf8
        guard bytes.count == 4, bytes.allSatisfy({ $0 < 0x80 }) else { return nil }
        self.rawValue = FourCC.pack(bytes)
    }

    /// The four bytes in the order of the wire.
    public var bytes: [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: rawValue >> $0) }
    }

    /// True if all four bytes are printable ASCII.
    public var isPrintable: Bool {
        bytes.allSatisfy { (0x20...0x7E).contains($0) }
    }

    private static func pack(_ bytes: some Sequence<UInt8>) -> UInt32 {
        var value: UInt32 = 0
        var count = 0
        for byte in bytes.prefix(4) {
            value = value << 8 | UInt32(byte)
            count += 1
        }
        while count < 4 {
            value = value << 8 | 0x20
            count += 1
        }
        return value
    }
}

extension FourCC: CustomStringConvertible {
    /// The four characters, or hexadecimal (`0x00000007`) if one of them is not printable.
    public var description: String {
        if isPrintable { return String(decoding: bytes, as: UTF8.self) }
        let digits = String(rawValue, radix: 16)
        return "0x" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
    }
}

extension FourCC {
    // Video (Enhanced RTMP, ISO/IEC 14496-15 and the codecs' own MP4 bindings).
    /// H.264.
    public static let avc1 = FourCC("avc1")
    /// HEVC with parameter sets in the configuration.
    public static let hvc1 = FourCC("hvc1")
    /// AV1.
    public static let av01 = FourCC("av01")
    /// VP9.
    public static let vp09 = FourCC("vp09")
    /// VP8.
    public static let vp08 = FourCC("vp08")
    /// VVC.
    public static let vvc1 = FourCC("vvc1")

    // Audio.
    /// AAC.
    public static let mp4a = FourCC("mp4a")
    /// Opus.
    public static let opus = FourCC("Opus")
    /// FLAC.
    public static let flac = FourCC("fLaC")
    /// MPEG-1/2 layer III.
    public static let mp3 = FourCC(".mp3")
    /// AC-3.
    public static let ac3 = FourCC("ac-3")
    /// Enhanced AC-3.
    public static let ec3 = FourCC("ec-3")
}
