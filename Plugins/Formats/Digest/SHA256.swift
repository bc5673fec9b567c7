/// SHA-256 (FIPS 180-4 §6.2) and its HMAC (RFC 2104), over bytes in memory.
///
/// For the digest handshake of RTMP and for tokens of at most a few hundred bytes: small, without a table beyond its
/// constants. It is no secret's only guard; what the host signs goes through the system's libcrypto.
public enum SHA256 {
    /// Bytes of a digest.
    public static let digestLength = 32
    /// Bytes of the blocks it works on, and of the longest HMAC key that is used as it is.
    public static let blockLength = 64

    /// The digest of `message`, 32 bytes.
    public static func digest(_ message: [UInt8]) -> [UInt8] {
        var state = initial
        var schedule = [UInt32](repeating: 0, count: 64)
        let whole = message.count - message.count % blockLength
        for start in stride(from: 0, to: whole, by: blockLength) {
            compress(message[start..<start + blockLength], into: &state, schedule: &schedule)
        }
        let last = padding(message[whole...], messageLength: message.count)
        for start in stride(from: 0, to: last.count, by: blockLength) {
            compress(last[start..<start + blockLength], into: &state, schedule: &schedule)
        }
        return state.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (24 - 8 * UInt32($0))) } }
    }

    /// The digest of `message` as 64 lower-case hexadecimal characters.
    public static func hex(_ message: [UInt8]) -> String { Hex.text(digest(message)) }

    /// HMAC-SHA-256 of `message` under a key of any length, 32 bytes (RFC 2104 §2).
    public static func authenticationCode(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var key = key.count > blockLength ? digest(key) : key
        key += [UInt8](repeating: 0, count: blockLength - key.count)
        let inner = digest(key.map { $0 ^ 0x36 } + message)
        return digest(key.map { $0 ^ 0x5C } + inner)
    }

    /// What is left behind the last whole block, with the padding of FIPS 180-4 §5.1.1: one or two blocks.
    private static func padding(_ rest: ArraySlice<UInt8>, messageLength: Int) -> [UInt8] {
        var padded = Array(rest)
        padded.append(0x80)
        while padded.count % blockLength != blockLength - 8 { padded.append(0) }
        let bits = UInt64(truncatingIfNeeded: messageLength) &* 8
        for shift in stride(from: UInt64(56), through: 0, by: -8) { padded.append(UInt8(truncatingIfNeeded: bits >> shift)) }
        return padded
    }

    private static func compress(_ block: ArraySlice<UInt8>, into state: inout [UInt32], schedule w: inout [UInt32]) {
        let first = block.startIndex
        for t in 0..<16 {
            w[t] = (0..<4).reduce(0) { $0 << 8 | UInt32(block[first + 4 * t + $1]) }
        }
        for t in 16..<64 {
            let s0 = rotate(w[t - 15], 7) ^ rotate(w[t - 15], 18) ^ (w[t - 15] >> 3)
            let s1 = rotate(w[t - 2], 17) ^ rotate(w[t - 2], 19) ^ (w[t - 2] >> 10)
            w[t] = w[t - 16] &+ s0 &+ w[t - 7] &+ s1
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for t in 0..<64 {
            let s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
            let t1 = h &+ s1 &+ ((e & f) ^ (~e & g)) &+ constants[t] &+ w[t]
            let s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
            let t2 = s0 &+ ((a & b) ^ (a & c) ^ (b & c))
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ t1, c, b, a, t1 &+ t2)
        }
        for (i, word) in [a, b, c, d, e, f, g, h].enumerated() { state[i] = state[i] &+ word }
    }

    private static func rotate(_ word: UInt32, _ n: UInt32) -> UInt32 { word >> n | word << (32 - n) }

    private static let initial: [UInt32] = [
        0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]

    private static let constants: [UInt32] = [
        0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5,
        0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174,
        0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da,
        0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967,
        0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
        0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070,
        0x19a4_c116, 0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
        0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
    ]
}
