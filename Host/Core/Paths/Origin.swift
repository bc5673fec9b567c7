/// Scheme, host and port of an address: what the manifest's `egress` list names, and what a request is allowed by.
///
/// Source: RFC 6454 §4, RFC 3986 §3.2. Only http and https; no user information; the host in lower case, an IPv6 address in its brackets.
public struct Origin: Hashable, Sendable, CustomStringConvertible {
    public let scheme: String
    public let host: String
    public let port: Int

    /// The longest address taken, in bytes.
    public static let addressLimit = 8192

    /// The origin of an address; nil: it is none that may be fetched (another scheme, user information, a host or port that can't be).
    public init?(address: String) {
        let bytes = Array(address.utf8)
        guard bytes.count <= Self.addressLimit, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x5C }) else { return nil }
        let lower = address.lowercased()
        let rest: Substring
        if lower.hasPrefix("https://") {
            (scheme, rest) = ("https", lower.dropFirst(8))
        } else if lower.hasPrefix("http://") {
            (scheme, rest) = ("http", lower.dropFirst(7))
        } else {
            return nil
        }
        guard let (host, port) = Self.authority(rest.prefix { !"/?#".contains($0) }) else { return nil }
        self.host = host
        self.port = port ?? (scheme == "https" ? 443 : 80)
    }

    private static func authority(_ text: Substring) -> (String, Int?)? {
        let end: Substring.Index
        if text.first == "[" {
            guard let close = text.firstIndex(of: "]") else { return nil }
            let inside = text[text.startIndex..<close].dropFirst()
            guard !inside.isEmpty, inside.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." }) else { return nil }
            end = text.index(after: close)
        } else {
            end = text.firstIndex(of: ":") ?? text.endIndex
            let allowed = text[..<end].allSatisfy { $0.isLetter || $0.isNumber || "-._*".contains($0) }
            guard allowed, end > text.startIndex else { return nil }
        }
        let tail = text[end...]
        guard !tail.isEmpty else { return (String(text[..<end]), nil) }
        let digits = tail.dropFirst()
        guard tail.first == ":", !digits.isEmpty, digits.count <= 5, digits.allSatisfy(\.isNumber) else { return nil }
        guard let port = Int(digits), (1...65_535).contains(port) else { return nil }
        return (String(text[..<end]), port)
    }

    public var description: String { "\(scheme)://\(host):\(port)" }

    /// Whether this entry of an egress list lets `other` through. `https://*.example.com` stands for every host below example.com, not
    /// for example.com itself.
    public func covers(_ other: Origin) -> Bool {
        guard scheme == other.scheme, port == other.port, !other.host.contains("*") else { return false }
        guard host.hasPrefix("*.") else { return host == other.host }
        let suffix = host.dropFirst(1)
        return other.host.hasSuffix(suffix) && other.host.utf8.count > suffix.utf8.count
    }
}
