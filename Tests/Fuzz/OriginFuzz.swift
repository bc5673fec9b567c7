import HostPaths

/// An address and, behind a zero byte, an entry of an egress list: what is taken is one origin only, however it is written, and an entry
/// lets through what it names.
func fuzzOrigin(_ bytes: UnsafeRawBufferPointer) {
    let parts = bytes.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false).map {
        String(decoding: $0, as: UTF8.self)
    }
    guard let address = parts.first, let origin = Origin(address: address) else { return }
    precondition(origin.scheme == "http" || origin.scheme == "https", "another scheme")
    precondition((1...65_535).contains(origin.port), "a port that can't be")
    precondition(!origin.host.isEmpty && origin.host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "an unreadable host")
    precondition(
        !origin.host.contains { "/?#@\\%".contains($0) || $0.isUppercase }, "a host that ends elsewhere, or is not lower")
    checkAuthority(origin, address)

    for text in [origin.description, origin.description + "/a?b=c@d#e", origin.description.uppercased()] {
        precondition(Origin(address: text) == origin, "its own text is another origin")
    }
    // User information in front of it is never read past.
    let (front, rest) = (origin.scheme + "://", origin.description.dropFirst(origin.scheme.utf8.count + 3))
    for user in ["a@", "a:b@", "example.com\\@"] { precondition(Origin(address: front + user + rest) == nil, "user information") }
    precondition(origin.covers(origin) != origin.host.contains("*"), "it does not cover itself, or a pattern was fetched")

    guard parts.count > 1, let entry = Origin(address: parts[1]), entry.covers(origin) else { return }
    precondition(entry.scheme == origin.scheme && entry.port == origin.port, "covers another scheme or port")
    guard entry.host != origin.host else { return }
    precondition(entry.host.hasPrefix("*."), "covers another host without a star")
    precondition(origin.host.utf8.count >= entry.host.utf8.count, "covers the domain itself")
    precondition(origin.host.utf8.reversed().starts(with: entry.host.utf8.dropFirst().reversed()), "covers another domain")
}

/// The authority by RFC 3986 §3.2, in bytes: between `//` and the next of `/?#`. Host and port stand there and nothing else does.
private func checkAuthority(_ origin: Origin, _ address: String) {
    let bytes = Array(address.utf8)
    guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")), bytes.count > colon + 3 else {
        preconditionFailure("no authority")
    }
    let authority = bytes[(colon + 3)...].prefix { ![0x2F, 0x3F, 0x23].contains($0) }.map { $0 | (0x41...0x5A ~= $0 ? 0x20 : 0) }
    let host = Array(origin.host.utf8)
    precondition(authority.starts(with: host), "the host is not where it has to be")
    let port = authority.dropFirst(host.count)
    guard !port.isEmpty else { return precondition(origin.port == (origin.scheme == "https" ? 443 : 80), "another port") }
    precondition(port.first == UInt8(ascii: ":"), "something behind the host")
    precondition(Int(String(decoding: port.dropFirst(), as: UTF8.self)) == origin.port, "another port")
}
