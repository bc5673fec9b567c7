/// What a `Range` header asks of a complete body (RFC 9110 §14.2).
public enum ByteRange: Equatable, Sendable {
    /// No range, an unknown unit, a malformed range, or several: answer 200 with the whole body.
    case whole
    /// Answer 206 with these offsets, never empty, always within the body.
    case part(Range<Int>)
    /// Answer 416.
    case unsatisfiable

    /// Reads a header value for a body of `length` bytes. Several ranges are answered with the whole body (§14.2 allows it),
    /// which costs no more than one answer however many are asked for.
    public init(_ value: String?, length: Int) {
        self = ByteRange.parse(value, length: length) ?? .whole
    }

    private static func parse(_ value: String?, length: Int) -> ByteRange? {
        guard let value, value.utf8.count <= 128, let equals = value.firstIndex(of: "=") else { return nil }
        guard value[..<equals].lowercased() == "bytes", !value.contains(",") else { return nil }
        let spec = trimmed(value[value.index(after: equals)...])
        guard let dash = spec.firstIndex(of: UInt8(ascii: "-")) else { return nil }
        let first = spec[..<dash]
        let last = spec[spec.index(after: dash)...]
        if first.isEmpty {
            guard let count = number(last) else { return nil }
            guard count > 0, length > 0 else { return .unsatisfiable }
            return .part((length - min(count, length))..<length)
        }
        guard let start = number(first) else { return nil }
        var end = Int.max
        if !last.isEmpty {
            guard let given = number(last), given >= start else { return nil }
            end = given
        }
        guard start < length else { return .unsatisfiable }
        return .part(start..<(min(end, length - 1) + 1))
    }

    private static func trimmed(_ text: Substring) -> [UInt8] {
        Array(text.utf8.drop { $0 == 0x20 || $0 == 0x09 }.reversed().drop { $0 == 0x20 || $0 == 0x09 }.reversed())
    }

    /// Decimal digits; a number past `Int.max` is `Int.max`, which every body ends before.
    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        guard !digits.isEmpty else { return nil }
        var value = 0
        for digit in digits {
            guard digit >= UInt8(ascii: "0"), digit <= UInt8(ascii: "9") else { return nil }
            let (product, over) = value.multipliedReportingOverflow(by: 10)
            let (sum, past) = product.addingReportingOverflow(Int(digit) - 48)
            value = over || past ? Int.max : sum
        }
        return value
    }
}
