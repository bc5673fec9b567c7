import Formats

/// application/x-www-form-urlencoded as the back end writes it (SPEC §7.4 `enc`): calls and session strings.
public enum FormCoding {
    /// `A-Z a-z 0-9 - _ .` as they are, a space as `+`, any other byte as `%XX`.
    public static func encode(_ text: String) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(text.utf8.count)
        for byte in text.utf8 {
            if ASCII.isDigit(byte) || ASCII.isLetter(byte) || byte == ASCII.minus || byte == ASCII.underscore || byte == 0x2E {
                result.append(byte)
            } else if byte == 0x20 {
                result.append(UInt8(ascii: "+"))
            } else {
                result.append(UInt8(ascii: "%"))
                result += Array(Hex.text([byte], uppercase: true).utf8)
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    /// The pairs of a form, decoded, in order; what has no `=` has an empty value.
    static func pairs(_ form: ArraySlice<UInt8>) -> [(name: String, value: String)] {
        form.split(separator: ASCII.ampersand).map { part in
            let place = part.firstIndex(of: ASCII.equals)
            return (decode(part[..<(place ?? part.endIndex)]), place.map { decode(part[($0 + 1)...]) } ?? "")
        }
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) -> String {
        let spaced = bytes.map { $0 == UInt8(ascii: "+") ? 0x20 : $0 }
        return String(decoding: PercentDecoding.decode(spaced[...]), as: UTF8.self)
    }
}
