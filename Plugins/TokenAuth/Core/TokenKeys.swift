import SluiceJSON

/// The keys that tokens are verified with: the shared secret, and those of a JWKS file (RFC 7517 §5).
public struct TokenKeys: Equatable, Sendable {
    public struct Key: Equatable, Sendable {
        public var id: String
        public var algorithm: TokenAlgorithm
        /// The key as JSON, or the secret's text for HS256.
        public var material: String
    }

    public private(set) var keys: [Key] = []
    /// Keys of the file that are of no use here, for the log.
    public private(set) var ignored = 0

    public static let limit = 64
    public static let fileLimit = 256 << 10

    public init() {}

    public mutating func add(secret: String) {
        if !secret.isEmpty { keys.append(Key(id: "", algorithm: .hs256, material: secret)) }
    }

    /// - Throws: text for the operator.
    public mutating func add(jwks text: String) throws(TokenKeysError) {
        guard text.utf8.count <= Self.fileLimit else { throw TokenKeysError("it is over \(Self.fileLimit) bytes") }
        let json: JSONValue
        do { json = try JSONValue(parsing: text) } catch { throw TokenKeysError("it is no JSON: \(error)") }
        guard let list = json["keys"]?.arrayValue else { throw TokenKeysError("it has no list of \"keys\"") }
        guard list.count <= Self.limit else { throw TokenKeysError("it has more than \(Self.limit) keys") }
        for entry in list {
            // A secret has no place in a file of public keys; a key for encryption verifies nothing.
            guard let key = Self.key(entry) else {
                ignored += 1
                continue
            }
            guard !keys.contains(where: { $0.id == key.id && $0.algorithm == key.algorithm }) else {
                throw TokenKeysError("two \(key.algorithm.rawValue) keys have the kid \"\(key.id)\"")
            }
            keys.append(key)
        }
    }

    private static func key(_ entry: JSONValue) -> Key? {
        guard let type = entry["kty"]?.stringValue, entry["use"]?.stringValue ?? "sig" == "sig", entry["d"] == nil else {
            return nil
        }
        let algorithm: TokenAlgorithm
        switch type {
        case "RSA":
            guard entry["n"]?.stringValue != nil, entry["e"]?.stringValue != nil else { return nil }
            algorithm = .rs256
        case "EC":
            guard entry["crv"]?.stringValue == "P-256", entry["x"]?.stringValue != nil, entry["y"]?.stringValue != nil else {
                return nil
            }
            algorithm = .es256
        default: return nil
        }
        if let named = entry["alg"]?.stringValue, named != algorithm.rawValue { return nil }
        return Key(id: entry["kid"]?.stringValue ?? "", algorithm: algorithm, material: entry.serialized())
    }

    /// The keys that a token may have been signed with: by its kid; without one, all of its algorithm.
    public func candidates(for token: TokenText, allowed: Set<TokenAlgorithm>) throws(TokenRefusal) -> [Key] {
        guard allowed.contains(token.algorithm) else { throw .algorithm }
        let fitting = keys.filter { $0.algorithm == token.algorithm }
        // A token must not choose its algorithm: a public key is never taken for a secret.
        guard !fitting.isEmpty else { throw keys.isEmpty ? .unknownKey : .algorithm }
        guard !token.keyID.isEmpty else { return fitting }
        let named = fitting.filter { $0.id == token.keyID || ($0.algorithm == .hs256 && $0.id.isEmpty) }
        guard !named.isEmpty else { throw .unknownKey }
        return named
    }
}

public struct TokenKeysError: Error, Equatable, CustomStringConvertible {
    public let description: String
    init(_ description: String) { self.description = description }
}
