/// Walks the OBUs of a temporal unit (AV1 §5.3, annex B is not read) without copying them.
///
/// It owns an offset only; every call must be given the same bytes. A unit without a size takes all that is left.
public struct OBUCursor: Sendable {
    /// Where the next unit starts.
    public private(set) var offset = 0

    /// A cursor before the first unit.
    public init() {}

    /// The next unit, nil at the end; throws on a forbidden bit, or a size that leaves the bytes.
    public mutating func next(in bytes: RawSpan) throws(BitstreamError) -> OBU? {
        guard let header = bytes.byte(at: offset) else { return nil }
        guard header & 0x80 == 0 else { throw .invalid(field: "obu_forbidden_bit", value: 1) }
        let start = offset
        var position = start + 1
        var headerExtension: UInt8?
        if header & 4 != 0 {
            guard let byte = bytes.byte(at: position) else {
                throw .truncated(field: "obu_extension_header", bitOffset: position &* 8)
            }
            headerExtension = byte
            position += 1
        }
        var length = bytes.byteCount - position
        let hasSize = header & 2 != 0
        if hasSize {
            guard let size = LEB128.read(bytes, at: position) else {
                throw .truncated(field: "obu_size", bitOffset: position &* 8)
            }
            position += size.size
            guard size.value <= bytes.byteCount - position else {
                throw .invalid(field: "obu_size", value: UInt64(truncatingIfNeeded: size.value))
            }
            length = size.value
        }
        offset = position + length
        return OBU(
            type: header >> 3 & 15, header: header, headerExtension: headerExtension, hasSize: hasSize,
            range: start..<offset, payload: position..<offset)
    }
}
