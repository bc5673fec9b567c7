/// Whether a client takes a content coding (RFC 9110 §12.5.3).
public enum AcceptEncoding {
    /// True when the header values name `coding` (lower case) or `*` with a weight above zero; a named coding wins over `*`.
    public static func accepts(_ coding: String, in values: [String]) -> Bool {
        var wildcard = false
        for value in values {
            for element in value.utf8.prefix(1024).split(separator: UInt8(ascii: ",")).prefix(32) {
                let fields = element.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
                guard let first = fields.first else { continue }
                let name = text(first)
                if name == coding { return isPositive(fields.dropFirst()) }
                if name == "*" { wildcard = isPositive(fields.dropFirst()) }
            }
        }
        return wildcard
    }

    /// A weight is positive unless it is `q=0`, `q=0.`, `q=0.000`; a malformed one counts as zero.
    private static func isPositive(_ parameters: ArraySlice<String.UTF8View.SubSequence.SubSequence>) -> Bool {
        for parameter in parameters {
            let spelled = text(parameter)
            guard spelled.hasPrefix("q=") else { continue }
            let digits = spelled.dropFirst(2)
            guard digits.utf8.first == UInt8(ascii: "0") || digits.utf8.first == UInt8(ascii: "1") else { return false }
            return digits.utf8.contains { $0 >= UInt8(ascii: "1") && $0 <= UInt8(ascii: "9") }
        }
        return true
    }

    private static func text(_ bytes: String.UTF8View.SubSequence) -> String {
        String(decoding: bytes.filter { $0 != 0x20 && $0 != 0x09 }, as: UTF8.self).lowercased()
    }
}
