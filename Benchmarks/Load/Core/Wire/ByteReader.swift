/// Reads integers and ranges from borrowed bytes, front to back; every reading is checked and gives nil past the end.
///
/// Valid only while the bytes are.
public struct ByteReader {
    private let bytes: UnsafeRawBufferPointer
    /// Bytes read so far.
    public private(set) var offset = 0

    public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Bytes left.
    public var remaining: Int { bytes.count - offset }

    /// The next byte.
    public mutating func u8() -> UInt8? { uint(1).map { UInt8(truncatingIfNeeded: $0) } }
    /// The next two bytes, big endian.
    public mutating func u16() -> UInt16? { uint(2).map { UInt16(truncatingIfNeeded: $0) } }
    /// The next three bytes, big endian.
    public mutating func u24() -> UInt32? { uint(3).map { UInt32(truncatingIfNeeded: $0) } }
    /// The next four bytes, big endian.
    public mutating func u32() -> UInt32? { uint(4).map { UInt32(truncatingIfNeeded: $0) } }
    /// The next eight bytes, big endian.
    public mutating func u64() -> UInt64? { uint(8) }
    /// The next four bytes, little endian.
    public mutating func u32LittleEndian() -> UInt32? { u32()?.byteSwapped }

    /// The next `count` bytes; nil, and nothing is read, when there are fewer.
    public mutating func take(_ count: Int) -> UnsafeRawBufferPointer? {
        guard count >= 0, count <= remaining else { return nil }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    /// Passes over `count` bytes; false, and nothing is read, when there are fewer.
    public mutating func skip(_ count: Int) -> Bool { take(count) != nil }

    /// The rest.
    public mutating func rest() -> UnsafeRawBufferPointer {
        defer { offset = bytes.count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset...])
    }

    private mutating func uint(_ count: Int) -> UInt64? {
        guard count <= remaining else { return nil }
        var value: UInt64 = 0
        for i in offset..<offset + count { value = value << 8 | UInt64(bytes[i]) }
        offset += count
        return value
    }
}
