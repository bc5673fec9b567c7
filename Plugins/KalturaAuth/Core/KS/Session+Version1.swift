import Formats

/// Version 1 (SPEC §7.3): a SHA-1 over secret and fields, a bar, the fields in the clear.
extension Session {
    private static let bar = UInt8(ascii: "|")
    private static let semicolon = UInt8(ascii: ";")

    /// Signs by version 1. Nine fields when there is a master partner or extra text, or `isLong` asks for them; else seven.
    ///
    /// Nil when user or privileges hold a semicolon, which the form has no way to write, the secret is empty, or libcrypto has no SHA-1.
    public func version1(_ secret: Secret, random: String, isLong: Bool = false) -> KS? {
        var fields = ["\(partner)", "\(partner)", "\(expiry)", "\(type)", random, user, privileges]
        if isLong || masterPartner != nil || extra != nil { fields += [masterPartner ?? "", extra ?? ""] }
        guard !secret.isEmpty, fields.allSatisfy({ !$0.utf8.contains(Self.semicolon) }) else { return nil }
        let info = Array(fields.joined(separator: ";").utf8)
        guard let digest = Cipher.sha1(secret.signing + info) else { return nil }
        let signature = Array(Hex.text(digest).utf8)
        return KS(Base64.encode(signature + [Self.bar] + info))
    }

    static func version1(_ raw: [UInt8], secret: Secret) -> Session? {
        guard let place = raw.firstIndex(of: bar) else { return nil }
        let (signature, info) = (Array(raw[..<place]), Array(raw[(place + 1)...]))
        var isGood = false
        for candidate in secret.candidates {
            // No short cut: each candidate costs the same.
            guard let digest = Cipher.sha1(candidate + info) else { return nil }
            if ConstantTime.equal(Array(Hex.text(digest).utf8), signature) { isGood = true }
        }
        let fields = info.split(separator: semicolon, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        guard isGood, fields.count >= 3, let partner = Int32(fields[0]), let expiry = number(fields[2]) else { return nil }
        func field(_ index: Int) -> String { index < fields.count ? fields[index] : "" }
        return Session(
            partner: partner, expiry: expiry, type: Int32(clamping: number(field(3)) ?? 0), user: field(5), privileges: field(6),
            masterPartner: field(7).isEmpty ? nil : field(7), extra: field(8).isEmpty ? nil : field(8))
    }

    /// A decimal number; what follows a point is cut off.
    static func number(_ text: String) -> Int64? { Int64(text.prefix { $0 != "." }) }
}
