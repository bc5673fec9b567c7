/// Walks the boxes in a range of bytes (ISO 14496-12 §4.2), one level at a time.
///
/// It holds the bytes by reference, never reads outside its range, and never calls itself: the caller descends, as deep as the
/// format that it knows. Files that do not keep to their sizes are refused.
public struct BoxReader: Sendable {
    let bytes: [UInt8]
    private let end: Int
    /// Where the next box starts.
    public private(set) var offset: Int

    /// A reader of the boxes in `range`, of all bytes without one.
    public init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
        self.bytes = bytes
        let inside = (range ?? 0..<bytes.count).clamped(to: 0..<bytes.count)
        offset = inside.lowerBound
        end = inside.upperBound
    }

    /// The next box, nil at the end; throws when it leaves the range.
    public mutating func next() throws(MP4Error) -> Box? {
        guard offset < end else { return nil }
        let start = offset
        guard end - start >= 8, let size = number(start), let name = number(start + 4)
        else { throw .truncated(FourCC(rawValue: 0), offset: start) }
        let type = FourCC(rawValue: UInt32(truncatingIfNeeded: name))
        var header = 8
        var length = size
        if size == 1 {
            guard end - start >= 16, let high = number(start + 8), let low = number(start + 12),
                high <= 0x7FFF_FFFF
            else { throw .truncated(type, offset: start) }
            header = 16
            length = high << 32 | low
        } else if size == 0 {
            length = end - start
        }
        guard length >= header else { throw .invalid(type, field: "size") }
        guard length <= end - start else { throw .truncated(type, offset: start) }
        offset = start + length
        return Box(type: type, range: start..<offset, payload: (start + header)..<offset)
    }

    private func number(_ offset: Int) -> Int? { bytes.span.bytes.bigEndian(at: offset, width: 4) }

    /// The first box of a type in what is left; nil when there is none or a box before it is broken.
    public mutating func first(_ type: FourCC) -> Box? {
        while let box = try? next() {
            if box.type == type { return box }
        }
        return nil
    }

    /// The first box at the end of a path of nested types, from the start of `range`.
    public static func find(_ path: [FourCC], in bytes: [UInt8], range: Range<Int>? = nil) -> Box? {
        var range = range
        var found: Box?
        for type in path {
            var reader = BoxReader(bytes, in: range)
            guard let box = reader.first(type) else { return nil }
            found = box
            range = box.payload
        }
        return found
    }
}
