import JWTKit
import SluiceJSON
import TokenCore

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

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
            // One key per collection: whatever kid a token names, this key or none is tried, with its own algorithm.
            guard var json = try? JSONValue(parsing: key.material) else { return nil }
            json["kid"] = "key"
            json["alg"] = .string(key.algorithm.rawValue)
            guard let jwk = try? JSONDecoder().decode(JWK.self, from: Data(json.serialized().utf8)),
                (try? await collection.add(jwk: jwk, isDefault: true)) != nil
            else { return nil }
        }
        if made.count >= 256 { made = [:] }
        made[name] = collection
        return collection
    }
}
