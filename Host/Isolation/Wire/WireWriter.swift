import CSluice

/// Writes one message: a header, then fields one after the other, little-endian; texts and lists with their length in front.
struct WireWriter {
    private(set) var bytes: [UInt8]
    private let limit: Int

    init(_ kind: MessageKind, id: UInt64 = 0, reserving size: Int = 240) {
        limit = Message.sizeLimit
        bytes = []
        bytes.reserveCapacity(Message.headerSize + size)
        u32(0)
        u32(UInt32(kind.rawValue))
        u64(id)
    }

    /// Writes a record of a media ring instead: its object, then fields.
    init(object: UInt64, reserving size: Int = 240) {
        limit = MediaKind.sizeLimit
        bytes = []
        bytes.reserveCapacity(8 + size)
        u64(object)
    }

    /// The whole record; nil when it is larger than a record may be.
    consuming func record() -> [UInt8]? { bytes.count <= limit ? bytes : nil }

    /// The whole message; nil when it is larger than a message may be.
    consuming func finished() -> [UInt8]? {
        let size = bytes.count - Message.headerSize
        guard size <= Message.sizeLimit else { return nil }
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: size).littleEndian) { source in
            for index in 0..<4 { bytes[index] = source[index] }
        }
        return bytes
    }

    mutating func u32(_ value: UInt32) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }
    mutating func i32(_ value: Int32) { u32(UInt32(bitPattern: value)) }
    mutating func u64(_ value: UInt64) { withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) } }
    mutating func i64(_ value: Int64) { u64(UInt64(bitPattern: value)) }
    mutating func double(_ value: Double) { u64(value.bitPattern) }

    mutating func bytes(_ source: UnsafeRawBufferPointer) {
        // Cut, not trapped on: `finished` refuses the message then.
        let source = UnsafeRawBufferPointer(rebasing: source.prefix(limit + 1))
        u32(UInt32(truncatingIfNeeded: source.count))
        bytes.append(contentsOf: source)
    }

    /// Fields that were written elsewhere, as they are.
    mutating func fields(_ source: [UInt8]) { bytes.append(contentsOf: source) }

    mutating func text(_ text: sluice_text) {
        bytes(UnsafeRawBufferPointer(start: text.data, count: text.data == nil ? 0 : Int(clamping: text.size)))
    }

    mutating func blob(_ blob: sluice_bytes) {
        bytes(UnsafeRawBufferPointer(start: blob.data, count: blob.data == nil ? 0 : Int(clamping: blob.size)))
    }

    mutating func text(_ text: String) {
        var text = text
        text.withUTF8 { bytes(UnsafeRawBufferPointer($0)) }
    }

    mutating func texts(_ list: [String]) {
        u32(UInt32(truncatingIfNeeded: list.count))
        for item in list { text(item) }
    }

    mutating func pairs(_ list: UnsafePointer<sluice_pair>?, _ count: UInt32) {
        let count = list == nil ? 0 : min(count, WireReader.listLimit)
        u32(count)
        guard let list else { return }
        for index in 0..<Int(count) {
            text(list[index].key)
            text(list[index].value)
        }
    }
}
