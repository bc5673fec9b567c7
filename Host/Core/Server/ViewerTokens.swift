import HostPaths

/// Opaque keyed tokens in child addresses: (subject, viewer, not-after) under HMAC, checked without state. The key lives as long as the
/// process: after a restart a viewer asks for the multivariant playlist again.
struct ViewerTokens: Sendable {
    private let key: [UInt8]

    init(key: [UInt8]) { self.key = key }

    /// A token for `key` (a stream or a group) until `notAfter` (µs since 1970): URL-safe, without `/`.
    func make(for stream: StreamKey, viewer: UInt32, notAfter: Int64) -> String {
        let body = Self.hex(UInt64(bitPattern: notAfter)) + Self.hex(UInt64(viewer)).suffix(8)
        return body + Digest.hex(mac(stream, body).prefix(16))
    }

    /// Whether the token holds for that stream (or for its group) now.
    func isValid(_ token: String, for subjects: [StreamKey], now: Int64) -> Bool {
        let bytes = Array(token.utf8)
        guard bytes.count == 56, let limit = UInt64(String(decoding: bytes.prefix(16), as: UTF8.self), radix: 16),
            Int64(bitPattern: limit) > now
        else { return false }
        let body = String(decoding: bytes.prefix(24), as: UTF8.self)
        let given = Array(bytes.suffix(32))
        return subjects.contains { Digest.equal(Array(Digest.hex(mac($0, body).prefix(16)).utf8), given) }
    }

    private func mac(_ stream: StreamKey, _ body: String) -> [UInt8] {
        Digest.hmac(key: key, Array("\(stream.app.text)\u{0}\(stream.stream.text)\u{0}\(body)".utf8))
    }

    private static func hex(_ value: UInt64) -> String {
        let text = String(value, radix: 16)
        return String(repeating: "0", count: 16 - text.count) + text
    }
}
