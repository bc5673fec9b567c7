extension BSONDocument {
    /// How deep documents may lie in one another, as MongoDB has it.
    public static let maximumDepth = 100

    /// Reads a document that takes up all of `bytes`.
    public init(reading bytes: [UInt8]) throws(BSONError) {
        var reader = BSONReader(bytes: bytes)
        self = try reader.document(depth: 0)
        guard reader.offset == bytes.count else { throw .length(offset: reader.offset) }
    }
}

/// Reads values one after the other; never beyond the end of the document that they are in.
private struct BSONReader {
    let bytes: [UInt8]
    var offset = 0
    /// One past the last byte of the innermost document.
    var end: Int

    init(bytes: [UInt8]) {
        self.bytes = bytes
        end = bytes.count
    }

    private mutating func take(_ count: Int) throws(BSONError) -> ArraySlice<UInt8> {
        guard count >= 0, count <= end - offset else { throw .truncated(offset: offset) }
        defer { offset += count }
        return bytes[offset..<offset + count]
    }

    private mutating func bits(_ count: Int) throws(BSONError) -> UInt64 {
        var value: UInt64 = 0
        for (i, byte) in try take(count).enumerated() { value |= UInt64(byte) << UInt64(8 * i) }
        return value
    }

    private mutating func int32() throws(BSONError) -> Int32 { Int32(truncatingIfNeeded: try bits(4)) }

    private mutating func name() throws(BSONError) -> String {
        guard let stop = bytes[offset..<end].firstIndex(of: 0), let text = String(validating: bytes[offset..<stop], as: UTF8.self)
        else { throw .text(offset: offset) }
        offset = stop + 1
        return text
    }

    private mutating func string() throws(BSONError) -> String {
        let start = offset
        let length = Int(try int32())
        guard length >= 1 else { throw .length(offset: start) }
        let content = try take(length)
        guard content.last == 0, let text = String(validating: content.dropLast(), as: UTF8.self) else {
            throw .text(offset: start)
        }
        return text
    }

    mutating func document(depth: Int) throws(BSONError) -> BSONDocument {
        var members: [(String, BSONValue)] = []
        try elements(depth) { members.append(($0, $1)) }
        return BSONDocument(members)
    }

    private mutating func elements(_ depth: Int, _ found: (String, BSONValue) -> Void) throws(BSONError) {
        let start = offset
        guard depth < BSONDocument.maximumDepth else { throw .depth(offset: start) }
        let length = Int(try int32())
        guard length >= 5, length <= end - start else { throw .length(offset: start) }
        let outer = end
        end = start + length
        while true {
            let type = UInt8(truncatingIfNeeded: try bits(1))
            if type == 0 { break }
            let key = try name()
            found(key, try value(type, depth))
        }
        guard offset == end else { throw .length(offset: start) }
        end = outer
    }

    private mutating func value(_ type: UInt8, _ depth: Int) throws(BSONError) -> BSONValue {
        switch type {
        case 0x01: return .double(Double(bitPattern: try bits(8)))
        case 0x02: return .string(try string())
        case 0x03: return .document(try document(depth: depth + 1))
        case 0x04:
            var items: [BSONValue] = []
            try elements(depth + 1) { items.append($1) }
            return .array(items)
        case 0x05:
            let count = Int(try int32())
            _ = try take(1)
            return .binary(Array(try take(count)))
        case 0x08: return .bool(try bits(1) != 0)
        case 0x09: return .date(Int64(bitPattern: try bits(8)))
        case 0x0A: return .null
        case 0x10: return .int32(try int32())
        case 0x12: return .int64(Int64(bitPattern: try bits(8)))
        default:
            try skip(type, depth)
            return .other(type)
        }
    }

    private mutating func skip(_ type: UInt8, _ depth: Int) throws(BSONError) {
        switch type {
        case 0x06, 0x7F, 0xFF: break
        case 0x07: _ = try take(12)
        case 0x0B: _ = (try name(), try name())
        case 0x0C: _ = (try string(), try take(12))
        case 0x0D, 0x0E: _ = try string()
        case 0x0F:
            _ = (try int32(), try string())
            _ = try document(depth: depth + 1)
        case 0x11: _ = try take(8)
        case 0x13: _ = try take(16)
        default: throw .unknownType(type, offset: offset)
        }
    }
}
