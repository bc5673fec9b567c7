/// Walks the NAL units of a length-prefixed access unit (ISO 14496-15 §4.3.3) without copying them.
///
/// It owns an offset only; every call must be given the same bytes. Empty units are passed over.
public struct NALUnitCursor: Sendable {
    /// Bytes per length field, 1...4.
    public let lengthSize: Int
    /// Where the next length field starts.
    public private(set) var offset = 0

    /// A cursor before the first unit; a length size outside 1...4 is taken as 4.
    public init(lengthSize: Int = 4) {
        self.lengthSize = (1...4).contains(lengthSize) ? lengthSize : 4
    }

    /// The range of the next unit (without its length field), nil at the end; throws when a length leaves the payload.
    public mutating func next(in payload: RawSpan) throws(BitstreamError) -> Range<Int>? {
        while offset < payload.byteCount {
            guard let length = payload.bigEndian(at: offset, width: lengthSize) else {
                throw .truncated(field: "NAL unit length", bitOffset: offset &* 8)
            }
            let start = offset + lengthSize
            guard length <= payload.byteCount - start else {
                throw .invalid(field: "NAL unit length", value: UInt64(length))
            }
            offset = start + length
            if length > 0 { return start..<offset }
        }
        return nil
    }
}
