import Formats

/// Version 2 (SPEC §7.4): random bytes and a form under SHA-1 and AES-128-CBC, the partner in the clear before them.
extension Session {
    private static let mark = Array("v2|".utf8)
    private static let digestLength = 20
    private static let randomLength = 16

    /// Signs by version 2; `random` is 16 bytes. Nil when it is not, the secret is empty, or libcrypto does without one of its parts.
    public func version2(_ secret: Secret, random: [UInt8]? = Cipher.random(16)) -> KS? {
        guard let random, random.count == Self.randomLength, !secret.isEmpty else { return nil }
        let body = random + Array(form.utf8)
        guard let digest = Cipher.sha1(body), let secretDigest = Cipher.sha1(secret.signing) else { return nil }
        var plain = digest + body
        plain += [UInt8](repeating: 0, count: (Cipher.blockLength - plain.count % Cipher.blockLength) % Cipher.blockLength)
        let zeros = [UInt8](repeating: 0, count: Cipher.blockLength)
        let key = Array(secretDigest.prefix(16))
        guard let cipher = Cipher.aesCBC(.encrypt, plain, key: key, iv: zeros, isPadded: false) else { return nil }
        let text = Base64.encode(Self.mark + Array("\(partner)|".utf8) + cipher, isURLSafe: true)
        return KS(text)
    }

    static func isVersion2(_ raw: [UInt8]) -> Bool { raw.starts(with: mark) }

    static func version2(_ raw: [UInt8], secret: Secret) -> Session? {
        let rest = raw.dropFirst(mark.count)
        guard let bar = rest.firstIndex(of: UInt8(ascii: "|")) else { return nil }
        let cipher = Array(rest[(bar + 1)...])
        guard let partner = Int32(String(decoding: rest[..<bar], as: UTF8.self)), !cipher.isEmpty,
            cipher.count % Cipher.blockLength == 0
        else { return nil }
        let zeros = [UInt8](repeating: 0, count: Cipher.blockLength)
        var found: [UInt8]?
        for candidate in secret.candidates {
            guard let key = Cipher.sha1(candidate)?.prefix(16),
                var plain = Cipher.aesCBC(.decrypt, cipher, key: Array(key), iv: zeros, isPadded: false)
            else { return nil }
            while plain.last == 0 { plain.removeLast() }
            // Hashed and compared whatever came out, so that nothing tells a wrong key from a wrong hash.
            let body = Array(plain.dropFirst(digestLength))
            guard let digest = Cipher.sha1(body) else { return nil }
            let isGood = ConstantTime.equal(digest, Array(plain.prefix(digestLength)))
            if isGood, body.count >= randomLength { found = body }
        }
        return found.flatMap { Session(form: $0[randomLength...], partner: partner) }
    }

    /// The fields: privileges in order, a repeated name in its first place with its last value; then `_e _t _u _m _d`.
    var form: String {
        var fields: [(name: String, value: String)] = []
        for item in privileges.split(separator: ",") {
            let pair = Self.pair(item)
            guard !pair.name.isEmpty || !pair.value.isEmpty else { continue }
            if let known = fields.firstIndex(where: { $0.name == pair.name }) {
                fields[known].value = pair.value
            } else {
                fields.append(pair)
            }
        }
        fields += [("_e", "\(expiry)"), ("_t", "\(type)"), ("_u", user)]
        if let masterPartner { fields.append(("_m", masterPartner)) }
        if let extra { fields.append(("_d", extra)) }
        return fields.map { FormCoding.encode($0.name) + "=" + FormCoding.encode($0.value) }.joined(separator: "&")
    }

    private init?(form: ArraySlice<UInt8>, partner: Int32) {
        var expiry: Int64?
        var privileges: [String] = []
        self.init(partner: partner, expiry: 0, type: 0, user: "", privileges: "")
        for (name, value) in FormCoding.pairs(form) {
            switch name {
            case "_e": expiry = Self.number(value)
            case "_t": type = Int32(clamping: Self.number(value) ?? 0)
            case "_u": user = value
            case "_m": masterPartner = value
            case "_d": extra = value
            case "all" where value == "*": privileges.append("*")
            default: privileges.append(value.isEmpty ? name : name + ":" + value)
            }
        }
        guard let expiry else { return nil }
        self.expiry = expiry
        self.privileges = privileges.joined(separator: ",")
    }
}
