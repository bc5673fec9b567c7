/// Reads bits, most significant first, from a bounded array: parameter sets, configuration records, sequence headers.
///
/// It owns a copy-on-write reference to the bytes, never reads past the end, never traps, and never loops longer than the
/// input is: an unterminated Exp-Golomb code is an error after 32 zero bits.
public struct BitReader: Sendable {
    private let bytes: [UInt8]
    private let end: Int
    /// Bits read so far.
    public private(set) var position = 0

    /// A reader of raw bytes, without emulation prevention.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        end = bytes.count &* 8
    }

    /// A reader of a NAL unit's payload: skips `headerSize` bytes and removes emulation prevention (H.264 §7.3.1, H.265 §7.3.1).
    public init(nalUnit: [UInt8], headerSize: Int) {
        self.init(RBSP.unescaped(nalUnit.dropFirst(Swift.max(0, headerSize))))
    }

    /// Bits that are left.
    public var bitsLeft: Int { end - position }

    /// Whether the next bit starts a byte.
    public var isByteAligned: Bool { position & 7 == 0 }

    /// Reads `count` bits, 0...32, as an unsigned number.
    public mutating func u(_ count: Int, _ field: String) throws(BitstreamError) -> UInt32 {
        guard (0...32).contains(count), count <= bitsLeft else { throw .truncated(field: field, bitOffset: position) }
        var value: UInt64 = 0
        var left = count
        while left > 0 {
            let available = 8 - (position & 7)
            let take = Swift.min(available, left)
            let chunk = (bytes[position >> 3] >> UInt8(available - take)) & UInt8(truncatingIfNeeded: (1 << take) - 1)
            value = value << UInt64(take) | UInt64(chunk)
            position += take
            left -= take
        }
        return UInt32(truncatingIfNeeded: value)
    }

    /// Reads `count` bits, 0...64, as an unsigned number.
    public mutating func u64(_ count: Int, _ field: String) throws(BitstreamError) -> UInt64 {
        guard count > 32 else { return UInt64(try u(count, field)) }
        let high = UInt64(try u(count - 32, field))
        return high << 32 | UInt64(try u(32, field))
    }

    /// Reads one bit.
    public mutating func flag(_ field: String) throws(BitstreamError) -> Bool {
        try u(1, field) != 0
    }

    /// Reads eight bits.
    public mutating func byte(_ field: String) throws(BitstreamError) -> UInt8 {
        UInt8(truncatingIfNeeded: try u(8, field))
    }

    /// Reads an unsigned Exp-Golomb code, at most 2³² − 2 (H.264 §9.1).
    public mutating func ue(_ field: String) throws(BitstreamError) -> UInt32 {
        let start = position
        var zeros = 0
        while try !flag(field) {
            zeros += 1
            guard zeros < 32 else { throw .invalid(field: field, value: UInt64(start)) }
        }
        let suffix = UInt64(try u(zeros, field))
        return UInt32(truncatingIfNeeded: (UInt64(1) << UInt64(zeros)) - 1 + suffix)
    }

    /// Reads an unsigned Exp-Golomb code that may not exceed `limit`.
    public mutating func ue(_ field: String, atMost limit: UInt32) throws(BitstreamError) -> Int {
        let value = try ue(field)
        guard value <= limit else { throw .overLimit(field: field, value: UInt64(value), limit: UInt64(limit)) }
        return Int(value)
    }

    /// Reads a signed Exp-Golomb code (H.264 §9.1.1).
    public mutating func se(_ field: String) throws(BitstreamError) -> Int32 {
        let code = Int64(try ue(field))
        return Int32(truncatingIfNeeded: code & 1 == 1 ? (code + 1) / 2 : -(code / 2))
    }

    /// Passes over `count` bits.
    public mutating func skip(_ count: Int, _ field: String) throws(BitstreamError) {
        guard count >= 0, count <= bitsLeft else { throw .truncated(field: field, bitOffset: position) }
        position += count
    }

    /// Moves to the next byte boundary.
    public mutating func alignToByte() {
        position = Swift.min(end, (position + 7) & ~7)
    }

    /// Reads `count` whole bytes; the reader must be byte aligned.
    public mutating func bytes(_ count: Int, _ field: String) throws(BitstreamError) -> [UInt8] {
        guard isByteAligned, count >= 0, count <= bitsLeft / 8 else { throw .truncated(field: field, bitOffset: position) }
        let start = position / 8
        position += count * 8
        return Array(bytes[start..<(start + count)])
    }

    /// Reads a little-endian base-128 number (AV1 §4.10.5), at most 32 bits wide; the reader must be byte aligned.
    public mutating func leb128(_ field: String) throws(BitstreamError) -> UInt32 {
        var value: UInt64 = 0
        for index in 0..<8 {
            let next = try u(8, field)
            value |= UInt64(next & 0x7F) << UInt64(index * 7)
            if next & 0x80 == 0 {
                guard let narrow = UInt32(exactly: value) else { throw .invalid(field: field, value: value) }
                return narrow
            }
        }
        throw .invalid(field: field, value: value)
    }
}
