import SluiceJSON

/// What somebody wants to do.
public struct TokenWish: Equatable, Sendable {
    public enum Action: String, Sendable { case publish, play }
    public var action: Action
    public var app: String
    public var stream: String
    /// The peer's address.
    public var address: String

    public init(_ action: Action, app: String, stream: String, address: String = "") {
        self.action = action
        self.app = app
        self.stream = stream
        self.address = address
    }
}

/// What a token allows, once its signature is known to be good.
public struct TokenGrant: Equatable, Sendable {
    public var principal = ""
    /// Seconds since 1970.
    public var expires: Int64 = 0
    /// `jti`; "" without one.
    public var id = ""
    public var maximumBitrate: UInt64 = 0
    public var maximumViewers: UInt64 = 0
    public var attributes: [(key: String, value: String)] = []

    public static func == (one: Self, other: Self) -> Bool {
        one.principal == other.principal && one.expires == other.expires && one.id == other.id
            && one.maximumBitrate == other.maximumBitrate && one.maximumViewers == other.maximumViewers
            && one.attributes.elementsEqual(other.attributes) { $0 == $1 }
    }

    /// What an address allows that was signed.
    public init(expires: Int64) { self.expires = expires }

    /// Source: RFC 7519 §4.1; `actions`, `app`, `stream`, `max_bitrate`, `max_viewers`, `attributes` are ours.
    /// - Parameter now: seconds since 1970.
    public init(_ claims: JSONObject, for wish: TokenWish, _ settings: TokenSettings, now: Int64) throws(TokenRefusal) {
        guard let expires = try Self.time(claims, "exp") else { throw .noExpiry }
        guard now &- settings.leeway < expires else { throw .expired }
        if let from = try Self.time(claims, "nbf"), now &+ settings.leeway < from { throw .notYet }
        guard settings.issuer.isEmpty || claims["iss"]?.stringValue == settings.issuer else { throw .issuer }
        guard settings.audience.isEmpty || Self.texts(claims["aud"]).contains(settings.audience) else { throw .audience }
        // Without the claim a token is a viewer's: nobody publishes by an oversight.
        let actions = claims["actions"].map { Self.texts($0) } ?? ["play"]
        guard actions.contains(wish.action.rawValue) else { throw .action }
        guard Self.fits(claims["app"], wish.app), Self.fits(claims["stream"], wish.stream) else { throw .stream }
        self.expires = expires
        principal = String((claims["sub"]?.stringValue ?? "").prefix(256))
        id = claims["jti"]?.stringValue ?? ""
        guard id.utf8.count <= 256 else { throw .malformed }
        if settings.isOneTime, id.isEmpty { throw .noID }
        maximumBitrate = try Self.number(claims, "max_bitrate")
        maximumViewers = try Self.number(claims, "max_viewers")
        attributes = try Self.attributes(claims)
    }

    /// NumericDate: whole or broken seconds.
    private static func time(_ claims: JSONObject, _ key: String) throws(TokenRefusal) -> Int64? {
        guard let value = claims[key] else { return nil }
        guard let seconds = value.doubleValue, seconds.isFinite, seconds >= 0, seconds < 253_402_300_800 else { throw .malformed }
        return Int64(seconds)
    }

    private static func number(_ claims: JSONObject, _ key: String) throws(TokenRefusal) -> UInt64 {
        guard let value = claims[key] else { return 0 }
        guard let number = value.uint64Value else { throw .malformed }
        return number
    }

    private static func texts(_ value: JSONValue?) -> [String] {
        if let text = value?.stringValue { return [text] }
        return value?.arrayValue?.compactMap(\.stringValue) ?? []
    }

    /// A name, several, or the beginning of names with `*` behind it; no claim fits all.
    private static func fits(_ claim: JSONValue?, _ name: String) -> Bool {
        guard let claim else { return true }
        return texts(claim).contains { $0.hasSuffix("*") ? name.hasPrefix($0.dropLast()) : $0 == name }
    }

    private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }

    private static func attributes(_ claims: JSONObject) throws(TokenRefusal) -> [(key: String, value: String)] {
        guard let value = claims["attributes"] else { return [] }
        guard let object = value.objectValue, object.count <= 32 else { throw .malformed }
        var pairs: [(key: String, value: String)] = []
        for (key, value) in object {
            guard let text = value.stringValue, !key.isEmpty, key.utf8.count <= 64, text.utf8.count <= 1024, isPlain(key),
                isPlain(text)
            else { throw .malformed }
            pairs.append((key, text))
        }
        return pairs
    }
}
