import CHostCrypto

/// Hashes of the host, by OpenSSL's libcrypto.
enum Digest {
    /// SHA-256, 32 bytes.
    static func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { out, count in
            guard let base = out.baseAddress else { return }
            count = hostcrypto_sha256(bytes.baseAddress, bytes.count, base) == 1 ? 32 : 0
        }
    }

    static func sha256(_ bytes: [UInt8]) -> [UInt8] { bytes.withUnsafeBytes { sha256($0) } }

    /// HMAC-SHA-256, 32 bytes.
    static func hmac(key: [UInt8], _ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { out, count in
            guard let base = out.baseAddress else { return }
            count = hostcrypto_hmac(key, key.count, bytes, bytes.count, base) == 1 ? 32 : 0
        }
    }

    /// Equality in constant time; lengths may be seen.
    static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        guard a.count == b.count, !a.isEmpty else { return a.count == b.count }
        return hostcrypto_equal(a, b, a.count) == 1
    }

    /// Lower-case hexadecimal.
    static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Random bytes from the system's generator.
    static func random(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}
