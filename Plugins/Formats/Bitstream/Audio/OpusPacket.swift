/// Durations of Opus packets (RFC 6716 §3.1).
public enum OpusPacket {
    /// Samples of 48 kHz in a packet; nil for an empty or malformed one, or one above 120 ms.
    public static func duration(_ packet: RawSpan) -> UInt32? {
        guard let toc = packet.byte(at: 0) else { return nil }
        let frames: UInt32
        switch toc & 3 {
        case 0: frames = 1
        case 1, 2: frames = 2
        default:
            guard let count = packet.byte(at: 1) else { return nil }
            frames = UInt32(count & 0x3F)
        }
        let total = frames * frameSamples(configuration: toc >> 3)
        return frames > 0 && total <= 5760 ? total : nil
    }

    /// Whether the TOC byte says stereo.
    public static func isStereo(_ packet: RawSpan) -> Bool {
        (packet.byte(at: 0) ?? 0) & 4 != 0
    }

    private static func frameSamples(configuration: UInt8) -> UInt32 {
        switch configuration {
        case 0..<12: [480, 960, 1920, 2880][Int(configuration & 3)]
        case 12..<16: [480, 960][Int(configuration & 1)]
        default: [120, 240, 480, 960][Int(configuration & 3)]
        }
    }
}
