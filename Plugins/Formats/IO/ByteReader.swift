/// Reads big-endian numbers and byte runs from the front of a source, and never traps.
///
/// Every read answers nil when too few bytes are left (or a count is negative), and then has moved nothing. Positions
/// count from 0 at the start of the source, whatever its first index is (a slice keeps the indices of its parent).
public struct ByteReader<Source: ByteSource> {
    /// What is read from.
    public let source: Source
    /// Bytes in the source.
    public let count: Int
    @usableFromInline let base: Int
    @usableFromInline var offset: Int

    /// Starts at the first byte of `source`.
    @inlinable
    public init(_ source: Source) {
        self.source = source
        self.base = source.startIndex
        self.count = source.count
        self.offset = 0
    }

    /// Bytes consumed so far; 0 ≤ position ≤ count.
    @inlinable public var position: Int { offset }

    /// Bytes not yet consumed.
    @inlinable public var remaining: Int { count - offset }

    /// True when every byte was consumed.
    @inlinable public var isAtEnd: Bool { offset == count }

    /// Moves to an absolute position; false (and unmoved) if it lies outside.
    @inlinable
    public mutating func seek(to position: Int) -> Bool {
        guard position >= 0, position <= count else { return false }
        offset = position
        return true
    }

    /// Skips `n` bytes; nil if there are fewer.
    @inlinable
    @discardableResult
    public mutating func skip(_ n: Int) -> Void? {
        guard n >= 0, n <= remaining else { return nil }
        offset += n
        return ()
    }
}

extension ByteReader {
    /// The byte `ahead` bytes after the position, without consuming it.
    @inlinable
    public func peek(_ ahead: Int = 0) -> UInt8? {
        guard ahead >= 0, ahead < remaining else { return nil }
        return source[base + offset + ahead]
    }

    /// `width` (1…8) bytes as an unsigned big-endian number.
    @inlinable
    mutating func unsigned(_ width: Int) -> UInt64? {
        guard width <= remaining else { return nil }
        var value: UInt64 = 0
        let start = base + offset
        for index in start..<(start + width) {
            value = value << 8 | UInt64(source[index])
        }
        offset += width
        return value
    }

    /// UI8.
    @inlinable
    public mutating func u8() -> UInt8? {
        guard offset < count else { return nil }
        let byte = source[base + offset]
        offset += 1
        return byte
    }

    /// UI16.
    @inlinable
    public mutating func u16() -> UInt16? { unsigned(2).map { UInt16(truncatingIfNeeded: $0) } }

    /// UI24.
    @inlinable
    public mutating func u24() -> UInt32? { unsigned(3).map { UInt32(truncatingIfNeeded: $0) } }

    /// UI32.
    @inlinable
    public mutating func u32() -> UInt32? { unsigned(4).map { UInt32(truncatingIfNeeded: $0) } }

    /// UI64.
    @inlinable
    public mutating func u64() -> UInt64? { unsigned(8) }

    /// SI16.
    @inlinable
    public mutating func i16() -> Int16? { unsigned(2).map { Int16(truncatingIfNeeded: $0) } }

    /// SI24, sign-extended.
    @inlinable
    public mutating func i24() -> Int32? { unsigned(3).map { Int32(truncatingIfNeeded: $0 << 8) >> 8 } }

    /// SI32.
    @inlinable
    public mutating func i32() -> Int32? { unsigned(4).map { Int32(truncatingIfNeeded: $0) } }

    /// SI64.
    @inlinable
    public mutating func i64() -> Int64? { unsigned(8).map { Int64(bitPattern: $0) } }

    /// IEEE 754 double.
    @inlinable
    public mutating func f64() -> Double? { unsigned(8).map { Double(bitPattern: $0) } }

    /// Four bytes as a FourCC.
    @inlinable
    public mutating func fourCC() -> FourCC? { u32().map { FourCC(rawValue: $0) } }
}

extension ByteReader {
    /// The next `n` bytes as a slice of the source: no copy.
    @inlinable
    public mutating func bytes(_ n: Int) -> Source.SubSequence? {
        guard n >= 0, n <= remaining else { return nil }
        let start = base + offset
        offset += n
        return source[start..<(start + n)]
    }

    /// The next `n` bytes, copied.
    @inlinable
    public mutating func array(_ n: Int) -> [UInt8]? {
        bytes(n).map { [UInt8]($0) }
    }

    /// The positions (from 0) of the next `n` bytes: no copy.
    @inlinable
    public mutating func range(_ n: Int) -> Range<Int>? {
        guard n >= 0, n <= remaining else { return nil }
        let start = offset
        offset += n
        return start..<(start + n)
    }

    /// A reader over just the next `n` bytes, which are consumed here; its positions count from 0 again.
    @inlinable
    public mutating func reader(_ n: Int) -> ByteReader<Source.SubSequence>? {
        bytes(n).map { ByteReader<Source.SubSequence>($0) }
    }

    /// All bytes that are left, without consuming them: no copy.
    @inlinable public var rest: Source.SubSequence { source[(base + offset)..<(base + count)] }

    /// The positions (from 0) of all bytes that are left, without consuming them.
    @inlinable public var restRange: Range<Int> { offset..<count }
}

extension ByteReader: Sendable where Source: Sendable {}
