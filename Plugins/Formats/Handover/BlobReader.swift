/// Reads what `BlobWriter` wrote. The blob comes from another image, perhaps another process: it is believed in nothing.
///
/// Borrows the bytes: valid inside the `withUnsafeBytes` they came from. Every read throws `BlobError` where bytes lack or a bound
/// is passed, before anything is allocated; nothing traps. Callers check what values mean together.
public struct BlobReader {
    private let bytes: UnsafeRawBufferPointer
    /// Bytes consumed so far.
    public private(set) var offset = 0

    /// Starts at the first byte.
    public init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// Bytes not yet consumed.
    public var remaining: Int { bytes.count - offset }

    /// Throws unless the blob is of `magic` and of a version that is `known`. Answers the version.
    @discardableResult
    public mutating func header(_ magic: FourCC, version known: UInt16) throws(BlobError) -> UInt16 {
        try header(magic, versions: known...known)
    }

    /// The same of any version within `known`.
    public mutating func header(_ magic: FourCC, versions known: ClosedRange<UInt16>) throws(BlobError) -> UInt16 {
        let found = FourCC(rawValue: try u32())
        guard found == magic else { throw .magic(found, expected: magic) }
        let version = try u16()
        guard known.contains(version) else { throw .version(version, known: known.upperBound) }
        return version
    }

    /// Throws unless every byte was consumed.
    public func end() throws(BlobError) {
        guard remaining == 0 else { throw .trailing(remaining) }
    }

    public mutating func u8() throws(BlobError) -> UInt8 { try fixed() }
    public mutating func u16() throws(BlobError) -> UInt16 { try fixed() }
    public mutating func u32() throws(BlobError) -> UInt32 { try fixed() }
    public mutating func u64() throws(BlobError) -> UInt64 { try fixed() }
    public mutating func i32() throws(BlobError) -> Int32 { Int32(bitPattern: try u32()) }
    public mutating func i64() throws(BlobError) -> Int64 { Int64(bitPattern: try u64()) }
    public mutating func f64() throws(BlobError) -> Double { Double(bitPattern: try u64()) }

    /// A 64-bit number that has to lie in `range`.
    public mutating func int(_ field: String, in range: ClosedRange<Int>) throws(BlobError) -> Int {
        let at = offset
        let value = Int(truncatingIfNeeded: try i64())
        guard range.contains(value) else { throw .value(field: field, offset: at) }
        return value
    }

    /// 0 or 1.
    public mutating func bool(_ field: String = "flag") throws(BlobError) -> Bool {
        let at = offset
        switch try u8() {
        case 0: return false
        case 1: return true
        default: throw .value(field: field, offset: at)
        }
    }

    /// A length of at most `limit`, of bytes that are there.
    private mutating func length(_ field: String, _ limit: Int) throws(BlobError) -> Int {
        let at = offset
        let value = try u32()
        guard let count = Int(exactly: value), count <= limit else {
            throw .bound(field: field, value: UInt64(value), limit: UInt64(clamping: limit), offset: at)
        }
        return count
    }

    /// A run of at most `limit` bytes, copied.
    public mutating func run(_ field: String, limit: Int) throws(BlobError) -> [UInt8] {
        let at = offset
        let count = try length(field, limit)
        guard count <= remaining else { throw .truncated(offset: at) }
        defer { offset += count }
        return [UInt8](UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count]))
    }

    /// Text of at most `limit` bytes, which have to be UTF-8.
    public mutating func text(_ field: String, limit: Int) throws(BlobError) -> String {
        let at = offset
        guard let text = String(validating: try run(field, limit: limit), as: UTF8.self) else {
            throw .value(field: field, offset: at)
        }
        return text
    }

    /// What `BlobWriter.optional` wrote.
    public mutating func optional<Value>(
        _ field: String = "optional", _ read: (inout BlobReader) throws(BlobError) -> Value
    ) throws(BlobError) -> Value? {
        guard try bool(field) else { return nil }
        return try read(&self)
    }

    /// At most `limit` elements. Memory grows with elements that were read, not with the count.
    public mutating func array<Element>(
        _ field: String, limit: Int, _ read: (inout BlobReader) throws(BlobError) -> Element
    ) throws(BlobError) -> [Element] {
        let count = try length(field, limit)
        // No element is shorter than a byte.
        guard count <= remaining else { throw .truncated(offset: offset) }
        var elements: [Element] = []
        for _ in 0..<count { elements.append(try read(&self)) }
        return elements
    }

    private mutating func fixed<Word: FixedWidthInteger>() throws(BlobError) -> Word {
        let size = MemoryLayout<Word>.size
        guard size <= remaining else { throw .truncated(offset: offset) }
        defer { offset += size }
        return Word(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Word.self))
    }
}
