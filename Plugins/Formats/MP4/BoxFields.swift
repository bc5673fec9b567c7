/// Checked big-endian reads in the payload of one box; offsets count from the payload's start, version and flags included.
struct BoxFields {
    private let bytes: [UInt8]
    let range: Range<Int>
    private let type: FourCC

    init(_ bytes: [UInt8], _ box: Box) {
        self.bytes = bytes
        range = box.payload.clamped(to: 0..<bytes.count)
        type = box.type
    }

    /// The version of a full box, 0 when it is empty.
    var version: UInt8 { range.isEmpty ? 0 : bytes[range.lowerBound] }

    /// The flags of a full box.
    func flags() throws(MP4Error) -> UInt32 { try u32(0) & 0xFF_FFFF }

    func u16(_ offset: Int) throws(MP4Error) -> UInt16 { UInt16(truncatingIfNeeded: try number(offset, width: 2)) }

    func u32(_ offset: Int) throws(MP4Error) -> UInt32 { UInt32(truncatingIfNeeded: try number(offset, width: 4)) }

    func u64(_ offset: Int) throws(MP4Error) -> UInt64 { UInt64(try u32(offset)) << 32 | UInt64(try u32(offset + 4)) }

    private func number(_ offset: Int, width: Int) throws(MP4Error) -> Int {
        guard offset >= 0, offset <= range.count - width,
            let value = bytes.span.bytes.bigEndian(at: range.lowerBound + offset, width: width)
        else { throw .truncated(type, offset: range.lowerBound) }
        return value
    }
}
