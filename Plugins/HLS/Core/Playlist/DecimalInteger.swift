/// The decimal-integer of RFC 8216 §4.2: digits only, 0 … 2^64-1.
enum DecimalInteger {
    /// nil for an empty text, any other character, or a larger number.
    static func parse(_ text: some StringProtocol) -> UInt64? {
        var value: UInt64 = 0
        var count = 0
        for byte in text.utf8 {
            guard (0x30...0x39).contains(byte) else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(byte - 0x30))
            guard !overflow, !carry else { return nil }
            value = sum
            count += 1
        }
        return count > 0 ? value : nil
    }
}
