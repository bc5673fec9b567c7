import Glibc

/// Addresses that may publish: IPv4 or IPv6 addresses and prefixes, separated by commas or spaces (`192.0.2.0/24, 2001:db8::1`).
///
/// An empty list allows all. An item that cannot be read allows nobody, so a typing mistake never opens an entry.
public struct SourceList: Hashable, Sendable {
    private struct Prefix: Hashable, Sendable {
        var address: [UInt8]
        var bits: Int

        func contains(_ other: [UInt8]) -> Bool {
            let whole = bits / 8
            guard address.prefix(whole).elementsEqual(other.prefix(whole)) else { return false }
            guard bits % 8 != 0, whole < address.count, whole < other.count else { return true }
            return (address[whole] ^ other[whole]) >> (8 - UInt8(bits % 8)) == 0
        }
    }

    private var prefixes: [Prefix] = []
    private var limited = false
    /// Items that are neither an address nor a prefix.
    public private(set) var unreadable: [String] = []

    public init() {}

    public init(_ text: String) {
        for item in text.split(whereSeparator: { ",; \t\n".contains($0) }) {
            limited = true
            if let prefix = Self.prefix(item) { prefixes.append(prefix) } else { unreadable.append(String(item)) }
        }
    }

    /// Whether a publisher at `source` (an address, without port) may come in.
    public func contains(_ source: String) -> Bool {
        guard limited else { return true }
        guard let address = Self.address(source) else { return false }
        return prefixes.contains { $0.contains(address) }
    }

    private static func prefix(_ item: some StringProtocol) -> Prefix? {
        let parts = item.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let first = parts.first, let address = address(first) else { return nil }
        guard parts.count == 2 else { return Prefix(address: address, bits: 128) }
        let offset = first.contains(":") ? 0 : 96
        guard let index = ASCII.index(Array(parts[1].utf8)[...]), index <= 128 - offset else { return nil }
        return Prefix(address: address, bits: offset + Int(index))
    }

    /// Sixteen bytes; IPv4 in its mapped form, so that `::ffff:192.0.2.1` and `192.0.2.1` are one.
    private static func address(_ text: some StringProtocol) -> [UInt8]? {
        var v6 = in6_addr()
        if inet_pton(AF_INET6, String(text), &v6) == 1 { return withUnsafeBytes(of: v6) { [UInt8]($0) } }
        var v4 = in_addr()
        guard inet_pton(AF_INET, String(text), &v4) == 1 else { return nil }
        return [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF] + withUnsafeBytes(of: v4) { [UInt8]($0) }
    }
}
