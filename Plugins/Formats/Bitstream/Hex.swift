/// Upper-case hexadecimal without Foundation.
enum Hex {
    private static let digits: [Character] = Array("0123456789ABCDEF")

    /// Two digits.
    static func text(_ byte: UInt8) -> String {
        String([digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    }
}
