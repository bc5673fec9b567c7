/// Writes the state of a session or sink for the generation that replaces it, field by field; `BlobReader` reads it back.
///
/// Numbers are big-endian and of fixed width; a length or count is a UInt32 in front. A blob begins with a FourCC and a version
/// (`header`), says nothing of its fields' types, and holds bytes only: it may cross to another process.
public struct BlobWriter: Sendable {
    /// What was written so far.
    public private(set) var bytes: [UInt8]

    /// Empty, with room for `capacity` bytes.
    public init(capacity: Int = 512) {
        bytes = []
        if capacity > 0 { bytes.reserveCapacity(capacity) }
    }

    /// What the blob is of, and which version of its fields follows.
    public mutating func header(_ magic: FourCC, version: UInt16) {
        u32(magic.rawValue)
        u16(version)
    }

    public mutating func u8(_ value: UInt8) { bytes.append(value) }
    public mutating func u16(_ value: UInt16) { fixed(value) }
    public mutating func u32(_ value: UInt32) { fixed(value) }
    public mutating func u64(_ value: UInt64) { fixed(value) }
    public mutating func i32(_ value: Int32) { fixed(UInt32(bitPattern: value)) }
    public mutating func i64(_ value: Int64) { fixed(UInt64(bitPattern: value)) }
    /// As a 64-bit number.
    public mutating func int(_ value: Int) { i64(Int64(value)) }
    /// The bit pattern.
    public mutating func f64(_ value: Double) { fixed(value.bitPattern) }
    public mutating func bool(_ value: Bool) { bytes.append(value ? 1 : 0) }

    /// A length and the bytes. What is longer than 32 bits can say is cut; no reader takes as much.
    public mutating func run(_ value: some Collection<UInt8>) {
        let count = UInt32(clamping: value.count)
        u32(count)
        bytes.append(contentsOf: value.prefix(Int(count)))
    }

    /// UTF-8 with its length.
    public mutating func text(_ value: String) { run(Array(value.utf8)) }

    /// Whether there is a value, then the value.
    public mutating func optional<Value>(_ value: Value?, _ write: (inout BlobWriter, Value) -> Void) {
        bool(value != nil)
        if let value { write(&self, value) }
    }

    /// A count, then the elements.
    public mutating func array<Elements: Collection>(_ values: Elements, _ write: (inout BlobWriter, Elements.Element) -> Void) {
        u32(UInt32(clamping: values.count))
        for value in values { write(&self, value) }
    }

    private mutating func fixed<Word: FixedWidthInteger>(_ value: Word) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }
}
