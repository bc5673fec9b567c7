/// Writes ISO base media boxes (ISO 14496-12 §4.2): big-endian fields, sizes filled in when a box is closed.
struct BoxWriter {
    private(set) var bytes: [UInt8] = []

    init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
    }

    /// Goes on behind `bytes`.
    init(appendingTo bytes: consuming [UInt8]) {
        self.bytes = bytes
    }

    mutating func u8(_ value: UInt8) { bytes.append(value) }

    mutating func u16(_ value: UInt16) {
        u8(UInt8(truncatingIfNeeded: value >> 8))
        u8(UInt8(truncatingIfNeeded: value))
    }

    mutating func u24(_ value: UInt32) {
        u8(UInt8(truncatingIfNeeded: value >> 16))
        u16(UInt16(truncatingIfNeeded: value))
    }

    mutating func u32(_ value: UInt32) {
        u16(UInt16(truncatingIfNeeded: value >> 16))
        u16(UInt16(truncatingIfNeeded: value))
    }

    mutating func u64(_ value: UInt64) {
        u32(UInt32(truncatingIfNeeded: value >> 32))
        u32(UInt32(truncatingIfNeeded: value))
    }

    mutating func i32(_ value: Int32) { u32(UInt32(bitPattern: value)) }

    mutating func fourCC(_ value: StaticString) { u32(FourCC(value).rawValue) }

    mutating func zeros(_ count: Int) { bytes.append(contentsOf: repeatElement(0, count: count)) }

    mutating func append(_ more: some Sequence<UInt8>) { bytes.append(contentsOf: more) }

    mutating func append(_ more: UnsafeRawBufferPointer) { bytes.append(contentsOf: more) }

    /// UTF-8 with a closing zero byte.
    mutating func string(_ text: String) {
        bytes.append(contentsOf: text.utf8.filter { $0 != 0 })
        u8(0)
    }

    /// A box around what `body` writes.
    mutating func box(_ type: StaticString, _ body: (inout BoxWriter) -> Void) {
        box(FourCC(type), body)
    }

    /// A box around what `body` writes.
    mutating func box(_ type: FourCC, _ body: (inout BoxWriter) -> Void) {
        let start = bytes.count
        u32(0)
        u32(type.rawValue)
        body(&self)
        patch32(UInt32(truncatingIfNeeded: bytes.count - start), at: start)
    }

    /// A box with version and flags.
    mutating func fullBox(_ type: StaticString, version: UInt8 = 0, flags: UInt32 = 0, _ body: (inout BoxWriter) -> Void) {
        box(type) {
            $0.u8(version)
            $0.u24(flags)
            body(&$0)
        }
    }

    /// Replaces four bytes that were written before.
    mutating func patch32(_ value: UInt32, at offset: Int) {
        guard offset >= 0, offset + 4 <= bytes.count else { return }
        for index in 0..<4 { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt32(24 - index * 8)) }
    }
}
