import COpenSSL

/// What sessions are signed and hidden by: SHA-1, AES in CBC mode and random bytes, all of OpenSSL's libcrypto.
public enum Cipher {
    public static let blockLength = 16

    public enum Direction: Sendable { case encrypt, decrypt }

    /// SHA-1, 20 bytes. Nil: this libcrypto does without, as a policy of the system may want.
    public static func sha1(_ bytes: [UInt8]) -> [UInt8]? {
        var digest = [UInt8](repeating: 0, count: 20)
        return kaltura_sha1(bytes, bytes.count, &digest) == 1 ? digest : nil
    }

    /// AES-CBC; the key is 16 or 32 bytes, the iv 16. Padded: PKCS#7, else the length has to be a multiple of 16.
    ///
    /// Nil: a length that is none, or padding that is none.
    public static func aesCBC(
        _ direction: Direction, _ bytes: [UInt8], key: [UInt8], iv: [UInt8], isPadded: Bool
    ) -> [UInt8]? {
        guard iv.count == blockLength, isPadded || bytes.count % blockLength == 0 else { return nil }
        var out = [UInt8](repeating: 0, count: bytes.count + blockLength)
        let encrypts: Int32 = direction == .encrypt ? 1 : 0
        let length = kaltura_aes_cbc(encrypts, key, key.count, iv, isPadded ? 1 : 0, bytes, bytes.count, &out)
        guard length >= 0, Int(length) <= out.count else { return nil }
        return Array(out[..<Int(length)])
    }

    /// Unpredictable bytes. Nil: libcrypto has none.
    public static func random(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return kaltura_random(&bytes, Int32(clamping: count)) == 1 ? bytes : nil
    }
}
