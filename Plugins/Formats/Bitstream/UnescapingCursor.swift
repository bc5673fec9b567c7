/// Reads bytes of a NAL unit one after the other, leaving out emulation prevention.
struct UnescapingCursor {
    private var offset: Int
    private let end: Int
    private var zeros = 0

    init(_ range: Range<Int>) {
        offset = range.lowerBound
        end = range.upperBound
    }

    mutating func next(in payload: RawSpan) -> UInt8? {
        guard offset < end, var byte = payload.byte(at: offset) else { return nil }
        offset += 1
        if zeros >= 2, byte == 3 {
            guard offset < end, let following = payload.byte(at: offset) else { return nil }
            offset += 1
            zeros = 0
            byte = following
        }
        zeros = byte == 0 ? zeros + 1 : 0
        return byte
    }
}
