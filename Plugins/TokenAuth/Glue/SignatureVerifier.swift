import JWTKit
import SluiceJSON
import TokenCore

/// Verifies signatures by jwt-kit; keeps what it made of each key.
actor SignatureVerifier {
    /// Claims are judged by the core; here is only whether they were signed.
    private struct Anything: JWTPayload {
        init(from decoder: any Decoder) throws {}
        func encode(to encoder: any Encoder) throws {}
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    private var made: [String: JWTKeyCollection] = [:]

    /// Whether one of the keys has signed the token. Each is tried for its own algorithm only.
    func verify(_ token: TokenText, _ keys: [TokenKeys.Key]) async -> Bool {
        for key in keys.prefix(TokenKeys.limit) {
            guard let collection = await collection(key) else { continue }
            if (try? await collection.verify(token.text, as: Anything.self)) != nil { return true }
        }
        return false
    }

    private func collection(_ key: TokenKeys.Key) async -> JWTKeyCollection? {
        let name = key.algorithm.rawValue + key.material
        if let known = made[name] { return known }
        let collection = JWTKeyCollection()
        switch key.algorithm {
        case .hs256: await collection.add(hmac: HMACKey(from: key.material), digestAlgorithm: .sha256)
        case .rs256, .es256:
            guard let jwk = Self.publicKey(key), (try? await collection.add(jwk: jwk, isDefault: true)) != nil else { return nil }
        }
        if made.count >= 256 { made = [:] }
        made[name] = collection
        return collection
    }

    /// One key per collection, for its own algorithm: whatever a token's header names, this key or none is tried.
    private static func publicKey(_ key: TokenKeys.Key) -> JWK? {
        guard let json = try? JSONValue(parsing: key.material) else { return nil }
        let (name, text) = (JWKIdentifier(string: "key"), { (member: String) in json[member]?.stringValue })
        return switch key.algorithm {
        case .rs256: .rsa(.rs256, identifier: name, modulus: text("n"), exponent: text("e"))
        case .es256: .ecdsa(.es256, identifier: name, x: text("x"), y: text("y"), curve: .p256)
        case .hs256: nil
        }
    }
}
