import Formats

/// The digest of the handshake that Flash Player 9 introduced: an HMAC-SHA-256 at a place in C1 and S1 that the bytes
/// themselves name. Scheme 0 finds it through bytes 8–11, scheme 1 through bytes 772–775.
enum RTMPDigest {
    static let serverVersion: [UInt8] = [4, 5, 0, 1]

    /// The digest of a C1 and its scheme, or nil when neither scheme fits.
    static func find(in c1: [UInt8]) -> (scheme: Int, digest: [UInt8])? {
        for scheme in [0, 1] {
            let place = place(c1, scheme)
            let digest = Array(c1[place..<place + 32])
            if digest == authenticate(c1, without: place, key: Array(playerKey[..<30])) { return (scheme, digest) }
        }
        return nil
    }

    /// Puts the server's digest into `s1`.
    static func sign(_ s1: inout [UInt8], scheme: Int) {
        let place = place(s1, scheme)
        let digest = authenticate(s1, without: place, key: Array(serverKey[..<36]))
        s1.replaceSubrange(place..<place + 32, with: digest)
    }

    /// S2 for a client whose C1 carried `digest`; `filling` is 1,504 bytes.
    static func response(to digest: [UInt8], filling: [UInt8]) -> [UInt8] {
        filling + SHA256.authenticationCode(filling, key: SHA256.authenticationCode(digest, key: serverKey))
    }

    /// Where the digest is: at most 776 + 727, so 32 bytes always follow within 1,536.
    static func place(_ bytes: [UInt8], _ scheme: Int) -> Int {
        let base = scheme == 0 ? 8 : 772
        let sum = bytes[base..<base + 4].reduce(0) { $0 + Int($1) }
        return sum % 728 + base + 4
    }

    static func authenticate(_ bytes: [UInt8], without place: Int, key: [UInt8]) -> [UInt8] {
        SHA256.authenticationCode(Array(bytes[..<place] + bytes[(place + 32)...]), key: key)
    }

    static let serverKey = Array("Genuine Adobe Flash Media Server 001".utf8) + common
    static let playerKey = Array("Genuine Adobe Flash Player 001".utf8) + common
    private static let common: [UInt8] = [
        0xF0, 0xEE, 0xC2, 0x4A, 0x80, 0x68, 0xBE, 0xE8, 0x2E, 0x00, 0xD0, 0xD1, 0x02, 0x9E, 0x7E, 0x57,
        0x6E, 0xEC, 0x5D, 0x2D, 0x29, 0x80, 0x6F, 0xAB, 0x93, 0xB8, 0xE6, 0x36, 0xCF, 0xEB, 0x31, 0xAE,
    ]
}
