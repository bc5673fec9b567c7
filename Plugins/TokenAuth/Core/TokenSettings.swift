import SluiceJSON

/// What the operator says of tokens: `[config]` of the manifest, with `[app.NAME.token]` over it.
public struct TokenSettings: Equatable, Sendable {
    /// What is done for an action.
    public enum Rule: String, Sendable {
        /// A token or a signed address decides.
        case ask
        case open, deny
    }

    /// Of HS256 tokens; empty: none are taken.
    public var secret = ""
    /// File of public keys (RFC 7517); relative to the plugin's folder. Empty: none.
    public var jwks = ""
    public var algorithms: Set<TokenAlgorithm> = Set(TokenAlgorithm.allCases)
    /// Has to be among the token's `aud`; empty: not looked at.
    public var audience = ""
    /// Has to be the token's `iss`; empty: not looked at.
    public var issuer = ""
    /// Where the token stands in the address' query.
    public var parameter = "token"
    /// Seconds that clocks may differ by.
    public var leeway: Int64 = 30
    /// A token is good once: it needs a `jti`.
    public var isOneTime = false
    /// The session ends with its token.
    public var cutsAtExpiry = false
    /// Of signed addresses, the newest first; an older one stays good while it is listed. Empty: none are taken.
    public var addressSecrets: [String] = []
    public var publish = Rule.ask
    public var play = Rule.ask

    public init() {}

    /// Takes what an object says; what it does not say stays. The host has checked it against the schema.
    public mutating func apply(_ object: JSONValue) {
        if let text = object["secret"]?.stringValue { secret = text }
        if let text = object["jwks"]?.stringValue { jwks = text }
        if let list = object["algorithms"]?.arrayValue {
            algorithms = Set(list.compactMap { $0.stringValue.flatMap(TokenAlgorithm.init) })
        }
        if let text = object["audience"]?.stringValue { audience = text }
        if let text = object["issuer"]?.stringValue { issuer = text }
        if let text = object["parameter"]?.stringValue { parameter = text }
        if let value = object["leeway_s"]?.int64Value { leeway = value }
        if let value = object["one_time"]?.boolValue { isOneTime = value }
        if let value = object["cut_at_expiry"]?.boolValue { cutsAtExpiry = value }
        if let list = object["address_secrets"]?.arrayValue { addressSecrets = list.compactMap(\.stringValue) }
        if let text = object["publish"]?.stringValue, let value = Rule(rawValue: text) { publish = value }
        if let text = object["play"]?.stringValue, let value = Rule(rawValue: text) { play = value }
    }

    /// What is wrong with them, for the operator; nil: nothing. A weak secret is never used.
    public var problem: String? {
        if !secret.isEmpty, secret.utf8.count < Self.secretSize {
            return "secret is shorter than \(Self.secretSize) bytes (RFC 7518 §3.2)"
        }
        if addressSecrets.contains(where: { $0.utf8.count < 16 }) { return "one of address_secrets is shorter than 16 bytes" }
        return nil
    }

    /// Bytes of an HS256 secret at least: as many as the hash has.
    public static let secretSize = 32

    /// JSON schema of `[config]` and of `[app.NAME.token]`. No defaults: what is not said must not hide what the other one says.
    public static let schema = """
        {"type":"object","additionalProperties":false,"properties":{
        "secret":{"type":"string","minLength":32,"description":"of HS256 tokens, at least 32 bytes"},
        "jwks":{"type":"string","description":"file of public keys (RFC 7517), read again when it changes; relative to the plugin's folder"},
        "algorithms":{"type":"array","items":{"type":"string","enum":["HS256","RS256","ES256"]},"description":"that are taken; all three"},
        "audience":{"type":"string","description":"has to be among the token's aud"},
        "issuer":{"type":"string","description":"has to be the token's iss"},
        "parameter":{"type":"string","description":"of the address' query that holds the token; token"},
        "leeway_s":{"type":"integer","minimum":0,"maximum":600,"description":"that clocks may differ by; 30"},
        "one_time":{"type":"boolean","description":"a token is good once; false"},
        "cut_at_expiry":{"type":"boolean","description":"a session ends when its token does; false"},
        "address_secrets":{"type":"array","items":{"type":"string","minLength":16},"description":"of signed addresses, the newest first; each at least 16 bytes"},
        "publish":{"type":"string","enum":["ask","open","deny"]},
        "play":{"type":"string","enum":["ask","open","deny"]}}}
        """
}

/// Algorithms of tokens (RFC 7518 §3.1). `none` is not among them.
public enum TokenAlgorithm: String, Sendable, CaseIterable {
    case hs256 = "HS256"
    case rs256 = "RS256"
    case es256 = "ES256"

    /// The type of its keys (RFC 7518 §6.1).
    public var keyType: String {
        switch self {
        case .hs256: "oct"
        case .rs256: "RSA"
        case .es256: "EC"
        }
    }
}
