/// Makes messages out of a stream of bytes, however it is cut. Holds at most one message that is not complete and what came behind it.
struct MessageAssembler {
    private var bytes: [UInt8] = []
    private var start = 0

    /// Bytes that are no whole message yet.
    var pending: Int { bytes.count - start }

    mutating func receive(_ more: UnsafeRawBufferPointer) {
        if start == bytes.count {
            bytes.removeAll(keepingCapacity: bytes.capacity <= 1 << 17)
            start = 0
        } else if start > 1 << 16 {
            bytes.removeSubrange(..<start)
            start = 0
        }
        bytes.append(contentsOf: more)
    }

    /// The next whole message; nil: more bytes are needed.
    /// - Throws: what can't be the head of a message; the stream is of no use from then on.
    mutating func next() throws(WireError) -> Message? {
        guard pending >= Message.headerSize else { return nil }
        let head = bytes.withUnsafeBytes { bytes in
            (
                bytes.loadUnaligned(fromByteOffset: start, as: UInt32.self),
                bytes.loadUnaligned(fromByteOffset: start + 4, as: UInt16.self),
                bytes.loadUnaligned(fromByteOffset: start + 8, as: UInt64.self)
            )
        }
        let size = UInt32(littleEndian: head.0)
        guard size <= Message.sizeLimit else { throw .tooLarge(size: size) }
        guard let kind = MessageKind(rawValue: UInt16(littleEndian: head.1)) else {
            throw .unknownKind(UInt16(littleEndian: head.1))
        }
        let first = start + Message.headerSize
        let end = first + Int(size)
        guard end <= bytes.count else { return nil }
        start = end
        return Message(kind: kind, id: UInt64(littleEndian: head.2), fields: Array(bytes[first..<end]))
    }
}
