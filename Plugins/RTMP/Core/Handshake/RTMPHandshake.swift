/// The server's side of the RTMP handshake (RTMP 1.0 §5.2), simple and with digest (schemes 0 and 1).
///
/// Owns at most 1,537 bytes of the peer. It answers C0+C1 with S0+S1+S2 in one piece, and takes any C2, which no
/// server of note checks. It has no clock and no randomness of its own: the filling comes from a seed.
public struct RTMPHandshake: Sendable {
    /// The numbers stand in blobs.
    enum State: UInt8, Sendable { case hello, echo, done }

    var state = State.hello
    var bytes: [UInt8] = []
    var filling: RTMPFilling

    /// A handshake whose random parts are made from `seed`.
    public init(seed: UInt64) { filling = RTMPFilling(seed: seed) }

    /// True when C2 was taken and chunks follow.
    public var isDone: Bool { state == .done }

    /// Takes handshake bytes of `input` from `offset` on and moves `offset` over them.
    ///
    /// - Returns: S0+S1+S2 at the moment when C1 is complete, else nil.
    /// - Throws: `RTMPError.version` at the first byte when it is not 3.
    public mutating func receive(_ input: UnsafeRawBufferPointer, _ offset: inout Int) throws(RTMPError) -> [UInt8]? {
        switch state {
        case .hello:
            if bytes.isEmpty, offset < input.count { try Self.check(version: input[offset]) }
            take(input, &offset, upTo: 1537)
            guard bytes.count == 1537 else { return nil }
            let answer = answer(to: Array(bytes[1...]))
            bytes.removeAll(keepingCapacity: true)
            state = .echo
            return answer
        case .echo:
            take(input, &offset, upTo: 1536)
            if bytes.count == 1536 {
                bytes = []
                state = .done
            }
            return nil
        case .done:
            return nil
        }
    }

    private mutating func take(_ input: UnsafeRawBufferPointer, _ offset: inout Int, upTo size: Int) {
        let count = min(size - bytes.count, input.count - offset)
        guard count > 0 else { return }
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: input[offset..<offset + count]))
        offset += count
    }

    private static func check(version: UInt8) throws(RTMPError) {
        switch version {
        case 3: return
        case 6, 8: throw .version(version, guess: .encryptedRTMP)
        case 0x16, 0x80: throw .version(version, guess: .tls)
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): throw .version(version, guess: .http)
        default: throw .version(version, guess: .unknown)
        }
    }

    private mutating func answer(to c1: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [3]
        out.reserveCapacity(3073)
        if c1[4..<8].contains(where: { $0 != 0 }), let found = RTMPDigest.find(in: c1) {
            var s1 = filling.bytes(1536)
            s1.replaceSubrange(0..<8, with: [0, 0, 0, 0] + RTMPDigest.serverVersion)
            RTMPDigest.sign(&s1, scheme: found.scheme)
            out += s1
            out += RTMPDigest.response(to: found.digest, filling: filling.bytes(1504))
        } else {
            out += [UInt8](repeating: 0, count: 8) + filling.bytes(1528)
            out += c1
        }
        return out
    }
}
