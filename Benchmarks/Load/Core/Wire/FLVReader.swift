/// Cuts an FLV stream into tags, with a check of each back pointer.
public struct FLVReader {
    private var input = InputBuffer()
    private var isOpen = false

    public init() {}

    /// Gives bytes as they came.
    public mutating func append(_ bytes: UnsafeRawBufferPointer) { input.append(bytes) }

    /// The next whole tag; nil until more bytes come.
    public mutating func next() throws(WireFault) -> FLVTag? {
        if !isOpen {
            guard let signature = input.read({ $0.remaining >= 13 ? $0.take(13).map { Array($0) } : nil }) else { return nil }
            guard signature.starts(with: [0x46, 0x4c, 0x56]) else { throw .flvSignature }
            isOpen = true
        }
        return try input.read { reader throws(WireFault) in try Self.tag(&reader) }
    }

    private static func tag(_ reader: inout ByteReader) throws(WireFault) -> FLVTag? {
        guard let type = reader.u8() else { return nil }
        guard [8, 9, 18].contains(type) else { throw .flvTag(type: type) }
        guard let length = reader.u24(), let time = reader.u24(), let high = reader.u8(), reader.skip(3),
            let body = reader.take(Int(length)), let back = reader.u32()
        else { return nil }
        guard back == length + 11 else { throw .flvBackPointer(back, expected: length + 11) }
        return FLVTag(type: type, timestamp: UInt32(high) << 24 | time, body: Array(body))
    }
}
