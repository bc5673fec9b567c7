import TestSupport

/// Bytes from hexadecimal digits; blanks and line ends do not matter, and 'text' in quotes stands for its ASCII.
func wire(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    var high: UInt8?
    var quoted = false
    for character in text.utf8 {
        if character == UInt8(ascii: "'") {
            quoted.toggle()
        } else if quoted {
            bytes.append(character)
        } else if let digit = Character(UnicodeScalar(character)).hexDigitValue.map({ UInt8(truncatingIfNeeded: $0) }) {
            if let first = high {
                bytes.append(first << 4 | digit)
                high = nil
            } else {
                high = digit
            }
        }
    }
    return bytes
}

/// `bytes` with one to four bits flipped.
func flipped(_ bytes: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
    var bytes = bytes
    guard !bytes.isEmpty else { return bytes }
    for _ in 0..<Int.random(in: 1...4, using: &generator) {
        bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    }
    return bytes
}
