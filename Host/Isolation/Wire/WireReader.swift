import CSluice

/// Reads the fields of one message. Texts and bytes it gives are borrowed from the message; every length is checked against what is
/// left, so that no input traps or reaches beyond.
struct WireReader {
    /// Lists are no longer than this.
    static let listLimit: UInt32 = 1024

    private let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    var left: Int { bytes.count - offset }

    private mutating func take(_ count: Int) throws(WireError) -> UnsafeRawBufferPointer {
        guard count >= 0, count <= left else { throw .truncated(offset: offset) }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    mutating func u32() throws(WireError) -> UInt32 { UInt32(littleEndian: try take(4).loadUnaligned(as: UInt32.self)) }
    mutating func i32() throws(WireError) -> Int32 { Int32(bitPattern: try u32()) }
    mutating func u64() throws(WireError) -> UInt64 { UInt64(littleEndian: try take(8).loadUnaligned(as: UInt64.self)) }
    mutating func i64() throws(WireError) -> Int64 { Int64(bitPattern: try u64()) }
    mutating func double() throws(WireError) -> Double { Double(bitPattern: try u64()) }

    mutating func raw() throws(WireError) -> UnsafeRawBufferPointer { try take(Int(try u32())) }

    /// Empty texts have no address.
    mutating func text() throws(WireError) -> sluice_text {
        let raw = try raw()
        guard let base = raw.baseAddress, !raw.isEmpty else { return sluice_text() }
        return sluice_text(data: base.assumingMemoryBound(to: CChar.self), size: UInt64(raw.count))
    }

    mutating func blob() throws(WireError) -> sluice_bytes {
        let raw = try raw()
        guard let base = raw.baseAddress, !raw.isEmpty else { return sluice_bytes() }
        return sluice_bytes(data: base.assumingMemoryBound(to: UInt8.self), size: UInt64(raw.count))
    }

    mutating func string(limit: Int = Message.sizeLimit) throws(WireError) -> String {
        String(decoding: try raw().prefix(limit), as: UTF8.self)
    }

    mutating func count(each size: Int) throws(WireError) -> Int {
        let at = offset
        let count = try u32()
        guard count <= Self.listLimit, Int(count) * size <= left else { throw .tooMany(count: count, offset: at) }
        return Int(count)
    }

    mutating func strings() throws(WireError) -> [String] {
        var list: [String] = []
        for _ in 0..<(try count(each: 4)) { list.append(try string()) }
        return list
    }

    mutating func texts() throws(WireError) -> [sluice_text] {
        var list: [sluice_text] = []
        for _ in 0..<(try count(each: 4)) { list.append(try text()) }
        return list
    }

    mutating func pairs() throws(WireError) -> [sluice_pair] {
        var list: [sluice_pair] = []
        for _ in 0..<(try count(each: 8)) { list.append(sluice_pair(key: try text(), value: try text())) }
        return list
    }

    /// All that is left, as it is.
    mutating func rest() -> [UInt8] {
        defer { offset = bytes.count }
        return Array(bytes[offset...])
    }

    func end() throws(WireError) {
        guard left == 0 else { throw .trailing(count: left) }
    }
}
