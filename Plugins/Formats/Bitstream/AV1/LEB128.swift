/// Little-endian base-128 numbers (AV1 §4.10.5).
public enum LEB128 {
    /// Bytes of the shortest form.
    public static func size(_ value: Int) -> Int {
        var rest = UInt64(truncatingIfNeeded: value) >> 7
        var count = 1
        while rest > 0 {
            count += 1
            rest >>= 7
        }
        return count
    }

    /// Appends the shortest form.
    public static func append(_ value: Int, to bytes: inout [UInt8]) {
        var rest = UInt64(truncatingIfNeeded: value)
        while rest > 0x7F {
            bytes.append(UInt8(truncatingIfNeeded: rest & 0x7F) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Reads at most 8 bytes; nil when it ends early or is wider than 32 bits.
    static func read(_ bytes: RawSpan, at offset: Int) -> (value: Int, size: Int)? {
        var value: UInt64 = 0
        for index in 0..<8 {
            guard let byte = bytes.byte(at: offset + index) else { return nil }
            value |= UInt64(byte & 0x7F) << UInt64(index * 7)
            if byte & 0x80 == 0 {
                return value <= UInt64(UInt32.max) ? (Int(truncatingIfNeeded: value), index + 1) : nil
            }
        }
        return nil
    }
}
