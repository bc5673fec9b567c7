extension BSONDocument {
    /// The document's bytes. Names end at their first zero byte; values of `other` types are left out.
    public var bytes: [UInt8] {
        var writer = BSONWriter()
        writer.document(members.lazy.map { ($0.name, $0.value) })
        return writer.bytes
    }
}

private struct BSONWriter {
    var bytes: [UInt8] = []

    mutating func document(_ members: some Sequence<(String, BSONValue)>) {
        let start = bytes.count
        bits(0, 4)
        for (name, value) in members { element(name, value) }
        bytes.append(0)
        let length = UInt32(truncatingIfNeeded: bytes.count - start)
        for i in 0..<4 { bytes[start + i] = UInt8(truncatingIfNeeded: length >> UInt32(8 * i)) }
    }

    private mutating func element(_ name: String, _ value: BSONValue) {
        guard let type = Self.type(value) else { return }
        bytes.append(type)
        bytes += name.utf8.prefix { $0 != 0 }
        bytes.append(0)
        switch value {
        case .double(let value): bits(value.bitPattern, 8)
        case .string(let text):
            bits(UInt64(text.utf8.count + 1), 4)
            bytes += text.utf8
            bytes.append(0)
        case .document(let inner): document(inner.members.lazy.map { ($0.name, $0.value) })
        case .array(let items): document(items.enumerated().lazy.map { (String($0), $1) })
        case .binary(let content):
            bits(UInt64(content.count), 4)
            bytes.append(0)
            bytes += content
        case .bool(let value): bytes.append(value ? 1 : 0)
        case .date(let value), .int64(let value): bits(UInt64(bitPattern: value), 8)
        case .int32(let value): bits(UInt64(UInt32(bitPattern: value)), 4)
        case .null, .other: break
        }
    }

    private mutating func bits(_ value: UInt64, _ count: Int) {
        for i in 0..<count { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * i))) }
    }

    private static func type(_ value: BSONValue) -> UInt8? {
        switch value {
        case .double: 0x01
        case .string: 0x02
        case .document: 0x03
        case .array: 0x04
        case .binary: 0x05
        case .bool: 0x08
        case .date: 0x09
        case .null: 0x0A
        case .int32: 0x10
        case .int64: 0x12
        case .other: nil
        }
    }
}
