/// Looks through the NAL units of one H.264 access unit: is there a mark, a slice, a key frame, and what do the slices sum up to.
public struct FrameScan {
    public private(set) var mark: Mark?
    public private(set) var hasSlice = false
    public private(set) var isKey = false
    /// False when a length ran past the end.
    public private(set) var isWhole = true
    private var sum = CRC32C()

    /// CRC-32C over the slices.
    public var crc: UInt32 { sum.value }

    /// Scans length-prefixed NAL units (four bytes each, as in FLV, RTMP and MP4).
    public init(lengthPrefixed bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        while reader.remaining > 4 {
            guard let length = reader.u32(), length > 0, let unit = reader.take(Int(length)) else {
                isWhole = false
                return
            }
            add(unit)
        }
        if reader.remaining > 0 { isWhole = false }
    }

    private mutating func add(_ unit: UnsafeRawBufferPointer) {
        guard let first = unit.first else { return }
        switch first & 0x1f {
        case 6:
            if let found = Mark(nalUnit: unit) { mark = found }
        case 1...5:
            hasSlice = true
            if first & 0x1f == 5 { isKey = true }
            sum.add(unit)
        default: break
        }
    }
}
