/// The few ASCII questions that the address grammar asks.
enum ASCII {
    static let ampersand = UInt8(ascii: "&")
    static let colon = UInt8(ascii: ":")
    static let equals = UInt8(ascii: "=")
    static let hash = UInt8(ascii: "#")
    static let minus = UInt8(ascii: "-")
    static let question = UInt8(ascii: "?")
    static let slash = UInt8(ascii: "/")
    static let underscore = UInt8(ascii: "_")

    static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }

    static func isLetter(_ byte: UInt8) -> Bool {
        (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z")) || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z"))
    }

    static func isControl(_ byte: UInt8) -> Bool { byte < 0x20 || byte == 0x7F }

    static func isPrintable(_ byte: UInt8) -> Bool { byte > 0x20 && byte < 0x7F }

    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z") ? byte | 0x20 : byte
    }

    static func lowercased(_ text: some StringProtocol) -> String {
        String(decoding: text.utf8.map(lowercased), as: UTF8.self)
    }

    /// The value of 1 to 9 digits; nil for anything else, a sign or a space included.
    static func index(_ bytes: ArraySlice<UInt8>) -> Int32? {
        guard !bytes.isEmpty, bytes.count <= 9, bytes.allSatisfy(isDigit) else { return nil }
        return bytes.reduce(0) { $0 &* 10 &+ Int32($1 & 0x0F) }  // nine digits fit 31 bits
    }
}
