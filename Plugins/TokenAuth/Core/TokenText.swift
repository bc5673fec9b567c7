import SluiceJSON

/// A token's parts, read and not believed: `HEADER.PAYLOAD.SIGNATURE` (RFC 7515 §3.1).
public struct TokenText: Sendable {
    /// Longer ones are not looked at.
    public static let sizeLimit = 8192

    /// The whole text, for who verifies the signature.
    public let text: String
    public let algorithm: TokenAlgorithm
    /// Which key; "" when the header does not say.
    public let keyID: String
    public let claims: JSONObject

    public init(_ text: String) throws(TokenRefusal) {
        guard !text.isEmpty else { throw .noToken }
        guard text.utf8.count <= Self.sizeLimit else { throw .tooLong }
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, !parts[2].isEmpty || parts[1].isEmpty == false else { throw .malformed }
        let header = try Self.object(parts[0])
        // What has to be understood and is not: RFC 7515 §4.1.11.
        guard header["crit"] == nil else { throw .malformed }
        guard let name = header["alg"]?.stringValue else { throw .malformed }
        guard let algorithm = TokenAlgorithm(rawValue: name) else { throw .algorithm }
        guard !parts[2].isEmpty else { throw .malformed }
        self.text = text
        self.algorithm = algorithm
        keyID = header["kid"]?.stringValue ?? ""
        claims = try Self.object(parts[1])
    }

    private static func object(_ part: Substring.UTF8View.SubSequence) throws(TokenRefusal) -> JSONObject {
        guard let bytes = Base64URL.decode(part), let json = try? JSONValue(parsing: String(decoding: bytes, as: UTF8.self)),
            let object = json.objectValue
        else { throw .malformed }
        return object
    }
}

/// base64url without padding (RFC 4648 §5, RFC 7515 §2).
public enum Base64URL {
    /// nil: a byte that is none of its letters, a length that can't be, or bits behind the end that are not zero.
    public static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? {
        var (result, bits, count): ([UInt8], UInt32, Int) = ([], 0, 0)
        for byte in text {
            let value: UInt8
            switch byte {
            case 0x41...0x5A: value = byte - 0x41
            case 0x61...0x7A: value = byte - 0x61 + 26
            case 0x30...0x39: value = byte - 0x30 + 52
            case 0x2D: value = 62
            case 0x5F: value = 63
            default: return nil
            }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                result.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
                bits &= 1 << UInt32(count) - 1
            }
        }
        return count < 6 && bits == 0 ? result : nil
    }

    public static func encode(_ bytes: [UInt8]) -> String {
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
        var (result, bits, count): (String, UInt32, UInt32) = ("", 0, 0)
        for byte in bytes {
            bits = (bits << 8 | UInt32(byte)) & 0xFFFF
            count += 8
            while count >= 6 {
                count -= 6
                result.append(letters[Int(bits >> count & 63)])
            }
        }
        if count > 0 { result.append(letters[Int(bits << (6 - count) & 63)]) }
        return result
    }
}
