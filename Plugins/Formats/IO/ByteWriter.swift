/// Appends big-endian numbers and byte runs to an array of bytes.
public struct ByteWriter: Sendable {
    /// What was written so far.
    public var bytes: [UInt8]

    /// Empty, with room for `capacity` bytes.
    @inlinable
    public init(capacity: Int = 0) {
        bytes = []
        if capacity > 0 { bytes.reserveCapacity(capacity) }
    }

    /// Goes on at the end of `bytes`.
    @inlinable
    public init(appendingTo bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Bytes written so far.
    @inlinable public var count: Int { bytes.count }

    /// Empties the writer and keeps its memory.
    @inlinable
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// UI8.
    @inlinable
    public mutating func u8(_ value: UInt8) {
        bytes.append(value)
    }

    /// UI16.
    @inlinable
    public mutating func u16(_ value: UInt16) {
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
        bytes.append(UInt8(truncatingIfNeeded: value))
    }

    /// UI24: the low 24 bits of `value`.
    @inlinable
    public mutating func u24(_ value: UInt32) {
        bytes.append(UInt8(truncatingIfNeeded: value >> 16))
        u16(UInt16(truncatingIfNeeded: value))
    }

    /// UI32.
    @inlinable
    public mutating func u32(_ value: UInt32) {
        u16(UInt16(truncatingIfNeeded: value >> 16))
        u16(UInt16(truncatingIfNeeded: value))
    }

    /// UI64.
    @inlinable
    public mutating func u64(_ value: UInt64) {
        u32(UInt32(truncatingIfNeeded: value >> 32))
        u32(UInt32(truncatingIfNeeded: value))
    }

    /// SI16.
    @inlinable
    public mutating func i16(_ value: Int16) { u16(UInt16(bitPattern: value)) }

    /// SI24: the low 24 bits of `value`.
    @inlinable
    public mutating func i24(_ value: Int32) { u24(UInt32(bitPattern: value)) }

    /// SI32.
    @inlinable
    public mutating func i32(_ value: Int32) { u32(UInt32(bitPattern: value)) }

    /// SI64.
    @inlinable
    public mutating func i64(_ value: Int64) { u64(UInt64(bitPattern: value)) }

    /// IEEE 754 double.
    @inlinable
    public mutating func f64(_ value: Double) { u64(value.bitPattern) }

    /// Four bytes.
    @inlinable
    public mutating func fourCC(_ value: FourCC) { u32(value.rawValue) }

    /// A run of bytes.
    @inlinable
    public mutating func append(_ run: some Collection<UInt8>) {
        bytes.append(contentsOf: run)
    }

    /// The UTF-8 of a string, without length or terminator.
    @inlinable
    public mutating func utf8(_ text: some StringProtocol) {
        bytes.append(contentsOf: text.utf8)
    }

    /// Overwrites four bytes at `position` (a size known only afterwards); false if they were not yet written.
    @inlinable
    @discardableResult
    public mutating func patch32(at position: Int, _ value: UInt32) -> Bool {
        guard position >= 0, position <= bytes.count - 4 else { return false }
        for index in 0..<4 {
            bytes[position + index] = UInt8(truncatingIfNeeded: value >> (24 - 8 * UInt32(index)))
        }
        return true
    }

    /// Overwrites three bytes at `position` with the low 24 bits of `value`; false if they were not yet written.
    @inlinable
    @discardableResult
    public mutating func patch24(at position: Int, _ value: UInt32) -> Bool {
        guard position >= 0, position <= bytes.count - 3 else { return false }
        for index in 0..<3 {
            bytes[position + index] = UInt8(truncatingIfNeeded: value >> (16 - 8 * UInt32(index)))
        }
        return true
    }
}
