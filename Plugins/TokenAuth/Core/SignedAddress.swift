import Formats

/// Addresses that carry their own permission: `…?expires=SECONDS&signature=HEX`, and `&ip=1` where only one peer may use it.
///
/// The signature is HMAC-SHA-256, under a secret, of five lines: `sluice1`, the action, `APP/STREAM`, the seconds, and the peer's address
/// or nothing.
public enum SignedAddress {
    public static func signature(_ wish: TokenWish, expires: Int64, boundToPeer: Bool, secret: String) -> String {
        let text = "sluice1\n\(wish.action.rawValue)\n\(wish.app)/\(wish.stream)\n\(expires)\n\(boundToPeer ? wish.address : "")"
        return Hex.text(SHA256.authenticationCode(Array(text.utf8), key: Array(secret.utf8)))
    }

    /// The query of a new signed address.
    public static func query(_ wish: TokenWish, expires: Int64, boundToPeer: Bool = false, secret: String) -> String {
        let signature = signature(wish, expires: expires, boundToPeer: boundToPeer, secret: secret)
        return "expires=\(expires)&signature=\(signature)" + (boundToPeer ? "&ip=1" : "")
    }

    /// - Returns: when it expires, seconds since 1970.
    /// - Parameter now: seconds since 1970.
    public static func check(
        _ wish: TokenWish, expires: String, signature: String, boundToPeer: Bool, secrets: [String], now: Int64
    ) throws(TokenRefusal) -> Int64 {
        guard let seconds = Int64(expires), seconds >= 0, String(seconds) == expires, signature.utf8.count == 64 else {
            throw .malformed
        }
        var isGood = false
        for secret in secrets {
            let wanted = Self.signature(wish, expires: seconds, boundToPeer: boundToPeer, secret: secret)
            if isEqual(wanted, signature) { isGood = true }
        }
        guard isGood else { throw .signature }
        guard now < seconds else { throw .expired }
        return seconds
    }

    /// In a time that does not tell where they differ.
    static func isEqual(_ one: String, _ other: String) -> Bool {
        let (one, other) = (Array(one.utf8), Array(other.utf8))
        guard one.count == other.count else { return false }
        return zip(one, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
