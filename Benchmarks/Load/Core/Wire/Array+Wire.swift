extension [UInt8] {
    mutating func put16(_ value: Int) { put(UInt64(truncatingIfNeeded: value), 2) }
    mutating func put24(_ value: Int) { put(UInt64(truncatingIfNeeded: value), 3) }
    mutating func put32(_ value: UInt32) { put(UInt64(value), 4) }
    mutating func put32LittleEndian(_ value: UInt32) { put(UInt64(value.byteSwapped), 4) }
    mutating func put64(_ value: UInt64) { put(value, 8) }

    private mutating func put(_ value: UInt64, _ count: Int) {
        for shift in stride(from: (count - 1) * 8, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }
}
