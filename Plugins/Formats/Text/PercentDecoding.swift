/// Percent-decoding, once (RFC 3986 §2.1). A `%` that two hexadecimal digits do not follow stays as it is; `+` stays `+`.
public enum PercentDecoding {
    /// The decoded bytes, never more than came in; they need not be UTF-8.
    public static func decode(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var rest = bytes
        while let byte = rest.popFirst() {
            let next = rest.prefix(2)
            if byte == UInt8(ascii: "%"), next.count == 2, let high = Hex.value(next[next.startIndex]),
                let low = Hex.value(next[next.startIndex + 1])
            {
                result.append(high << 4 | low)
                rest = rest.dropFirst(2)
            } else {
                result.append(byte)
            }
        }
        return result
    }
}
