/// Writes bits, most significant first, into a growing array: configuration records that we make ourselves.
public struct BitWriter: Sendable {
    /// What was written so far; the last byte is padded with zero bits.
    public private(set) var bytes: [UInt8] = []
    private var used = 0

    /// An empty writer.
    public init() {}

    /// Whether the next bit starts a byte.
    public var isByteAligned: Bool { used & 7 == 0 }

    /// Appends the low `count` bits of `value`; `count` is clamped to 0...64.
    public mutating func u(_ count: Int, _ value: UInt64) {
        var left = Swift.min(64, Swift.max(0, count))
        while left > 0 {
            left -= 1
            let bit = UInt8(truncatingIfNeeded: (value >> UInt64(left)) & 1)
            if used & 7 == 0 { bytes.append(0) }
            bytes[bytes.count - 1] |= bit << UInt8(7 - (used & 7))
            used += 1
        }
    }

    /// Appends one bit.
    public mutating func flag(_ value: Bool) { u(1, value ? 1 : 0) }

    /// Appends an unsigned Exp-Golomb code (H.264 §9.1).
    public mutating func ue(_ value: UInt32) {
        let code = UInt64(value) + 1
        let width = 64 - code.leadingZeroBitCount
        u(width - 1, 0)
        u(width, code)
    }

    /// Appends zero bits up to the next byte boundary.
    public mutating func alignToByte() {
        while used & 7 != 0 { u(1, 0) }
    }

    /// Appends whole bytes; aligns first.
    public mutating func append(_ more: some Sequence<UInt8>) {
        alignToByte()
        bytes.append(contentsOf: more)
        used = bytes.count * 8
    }

    /// Appends the stop bit and aligns (`rbsp_trailing_bits`, H.264 §7.3.2.11).
    public mutating func trailingBits() {
        flag(true)
        alignToByte()
    }
}
