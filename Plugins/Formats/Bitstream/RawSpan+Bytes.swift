/// Checked reads for the parsers of access units: nil outside the span, never a trap.
extension RawSpan {
    /// The byte at `offset`.
    @inline(__always)
    func byte(at offset: Int) -> UInt8? {
        guard offset >= 0, offset < byteCount else { return nil }
        return unsafeLoad(fromByteOffset: offset, as: UInt8.self)
    }

    /// The big-endian number of `width` bytes, 1...4, at `offset`.
    @inline(__always)
    func bigEndian(at offset: Int, width: Int) -> Int? {
        guard offset >= 0, width >= 1, width <= 4, offset <= byteCount - width else { return nil }
        var value = 0
        for index in 0..<width {
            value = value << 8 | Int(unsafeLoad(fromByteOffset: offset + index, as: UInt8.self))
        }
        return value
    }

    /// A copy of the bytes in `range`, clamped to the span.
    func copy(_ range: Range<Int>) -> [UInt8] {
        let inside = range.clamped(to: 0..<byteCount)
        return extracting(inside).withUnsafeBytes { Array($0) }
    }
}

extension Array<UInt8> {
    /// Appends the bytes in `range`, clamped to the span.
    mutating func append(_ bytes: borrowing RawSpan, _ range: Range<Int>) {
        let inside = range.clamped(to: 0..<bytes.byteCount)
        bytes.extracting(inside).withUnsafeBytes { append(contentsOf: $0) }
    }
}
