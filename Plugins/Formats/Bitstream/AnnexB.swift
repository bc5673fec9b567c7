/// The byte stream format of H.264 and HEVC (H.264 Annex B): NAL units behind start codes.
public enum AnnexB {
    /// Walks the NAL units of a byte stream; zero bytes around units do not belong to them.
    public struct Cursor: Sendable {
        /// Where the next search starts.
        public private(set) var offset = 0

        /// A cursor before the first start code.
        public init() {}

        /// The range of the next unit without its start code, nil when there is none.
        public mutating func next(in stream: RawSpan) -> Range<Int>? {
            while let start = AnnexB.startCode(in: stream, from: offset) {
                let first = start + 3
                let following = AnnexB.startCode(in: stream, from: first) ?? stream.byteCount
                offset = following
                var last = following
                while last > first, stream.byte(at: last - 1) == 0 { last -= 1 }
                if last > first { return first..<last }
            }
            offset = stream.byteCount
            return nil
        }
    }

    /// The units of a byte stream as copies; bounded by the stream itself.
    public static func units(in stream: RawSpan) -> [[UInt8]] {
        var cursor = Cursor()
        var units: [[UInt8]] = []
        while let range = cursor.next(in: stream) { units.append(stream.copy(range)) }
        return units
    }

    /// The same units with 4-byte length fields.
    public static func lengthPrefixed(_ stream: RawSpan) -> [UInt8] {
        var cursor = Cursor()
        var result: [UInt8] = []
        result.reserveCapacity(stream.byteCount + 16)
        while let range = cursor.next(in: stream) {
            result.appendLength(range.count)
            result.append(stream, range)
        }
        return result
    }

    /// A length-prefixed access unit as a byte stream with 4-byte start codes.
    public static func byteStream(_ payload: RawSpan, lengthSize: Int = 4) throws(BitstreamError) -> [UInt8] {
        var cursor = NALUnitCursor(lengthSize: lengthSize)
        var result: [UInt8] = []
        result.reserveCapacity(payload.byteCount + 16)
        while let range = try cursor.next(in: payload) {
            result.append(contentsOf: [0, 0, 0, 1])
            result.append(payload, range)
        }
        return result
    }

    private static func startCode(in stream: RawSpan, from: Int) -> Int? {
        let count = stream.byteCount
        guard count >= 3 else { return nil }
        return stream.withUnsafeBytes { bytes in
            var index = Swift.max(0, from)
            while index < count - 2 {
                if bytes[index + 2] > 1 {
                    index += 3
                } else if bytes[index] == 0, bytes[index + 1] == 0, bytes[index + 2] == 1 {
                    return index
                } else {
                    index += 1
                }
            }
            return nil
        }
    }
}

extension Array<UInt8> {
    /// Appends a 4-byte big-endian length; lengths come from arrays in memory and fit.
    mutating func appendLength(_ length: Int) {
        let value = UInt32(truncatingIfNeeded: length)
        append(UInt8(truncatingIfNeeded: value >> 24))
        append(UInt8(truncatingIfNeeded: value >> 16))
        append(UInt8(truncatingIfNeeded: value >> 8))
        append(UInt8(truncatingIfNeeded: value))
    }
}
