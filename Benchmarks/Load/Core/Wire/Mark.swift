/// What a publisher writes into each video frame and a player looks for: when it was sent, which frame it is, how its slices sum up.
///
/// On the wire it is one H.264 SEI NAL unit, user data unregistered (H.264 D.1.7): UUID, `LG1:`, time (16 hexadecimal digits),
/// counter (8), CRC-32C over the bodies of the frame's slice NAL units (8). All ASCII: it needs no emulation prevention and so
/// survives every re-muxing. The format is that of the comparison kit's generator; each reads the other's.
public struct Mark: Equatable, Sendable {
    /// CLOCK_MONOTONIC just before send(), in nanoseconds.
    public var time: UInt64
    /// Counts the frames of a publisher; its upper eight bits are the stream's tag (0: unknown).
    public var counter: UInt32
    /// CRC-32C over the frame's slice NAL units (types 1–5), in order.
    public var crc: UInt32

    public init(time: UInt64, counter: UInt32, crc: UInt32) {
        self.time = time
        self.counter = counter
        self.crc = crc
    }

    /// Length of the NAL unit in bytes.
    public static let size = 3 + bodySize + 1
    private static let bodySize = 16 + 4 + 16 + 8 + 8
    private static let start: [UInt8] =
        [
            0x06, 5, UInt8(bodySize), 0x6c, 0x67, 0x2d, 0x6d, 0x61, 0x72, 0x6b, 0x2d, 0xa7, 0x5e, 0x91, 0xc3, 0x4f, 0xd8, 0x2b,
            0xe6,
        ]
        + Array("LG1:".utf8)

    /// The tag of a stream's counters: never 0, equal for streams 255 apart.
    public static func tag(stream: Int) -> UInt8 { UInt8(truncatingIfNeeded: (stream & 0xffff) % 255 + 1) }

    /// Appends the NAL unit, without length or start code.
    public func write(to bytes: inout [UInt8]) {
        bytes += Self.start
        Self.putHex(time, 16, &bytes)
        Self.putHex(UInt64(counter), 8, &bytes)
        Self.putHex(UInt64(crc), 8, &bytes)
        bytes.append(0x80)
    }

    /// Reads the mark out of a NAL unit; nil when it is none.
    public init?(nalUnit: UnsafeRawBufferPointer) {
        var reader = ByteReader(nalUnit)
        guard nalUnit.count >= Self.size, nalUnit[0] & 0x1f == 6, let start = reader.take(Self.start.count),
            start.dropFirst().elementsEqual(Self.start.dropFirst()),
            let time = Self.hex(reader.take(16)), let counter = Self.hex(reader.take(8)), let crc = Self.hex(reader.take(8))
        else { return nil }
        self.init(time: time, counter: UInt32(truncatingIfNeeded: counter), crc: UInt32(truncatingIfNeeded: crc))
    }

    private static func putHex(_ value: UInt64, _ digits: Int, _ bytes: inout [UInt8]) {
        for i in stride(from: (digits - 1) * 4, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(i) & 15)
            bytes.append(digit < 10 ? 0x30 + digit : 0x57 + digit)
        }
    }

    private static func hex(_ bytes: UnsafeRawBufferPointer?) -> UInt64? {
        guard let bytes else { return nil }
        var value: UInt64 = 0
        for c in bytes {
            switch c {
            case 0x30...0x39: value = value << 4 | UInt64(c - 0x30)
            case 0x61...0x66: value = value << 4 | UInt64(c - 0x57)
            default: return nil
            }
        }
        return value
    }
}
