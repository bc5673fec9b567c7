/// What a session string says, once its signature is known to be good (SPEC §7.2–7.4). It holds no secret.
public struct Session: Hashable, Sendable {
    /// The signer's partner; -5: the media server.
    public var partner: Int32
    /// Unix seconds.
    public var expiry: Int64
    /// 0 user, 1 and more administrator.
    public var type: Int32
    public var user: String
    /// `name` or `name:value`, with commas between; `*`: all.
    public var privileges: String
    /// Who made this session for the partner; nil when nobody did.
    public var masterPartner: String?
    /// Further text of the signer's.
    public var extra: String?

    public init(
        partner: Int32, expiry: Int64, type: Int32, user: String, privileges: String, masterPartner: String? = nil,
        extra: String? = nil
    ) {
        self.partner = partner
        self.expiry = expiry
        self.type = type
        self.user = user
        self.privileges = privileges
        self.masterPartner = masterPartner
        self.extra = extra
    }

    public var isAdministrator: Bool { type >= 1 }

    /// The values of a privilege (`edit:A/B` has two, `disableentitlement` none); nil when the session does not have it.
    public func values(of privilege: String) -> [String]? {
        var found: [String]?
        for item in privileges.split(separator: ",") {
            let pair = Self.pair(item)
            if pair.name == privilege { found = pair.value.split(separator: "/").map(String.init) }
        }
        return found
    }

    /// Whether the peer at `address` may use it: `iprestrict` names no other.
    public func admits(_ address: String) -> Bool { values(of: "iprestrict")?.contains(address) ?? true }

    /// `name:value` in two; `*` is `all:*`.
    static func pair(_ item: Substring) -> (name: String, value: String) {
        let bytes = Array(item.utf8)
        let text = String(decoding: bytes.drop { $0 == 0x20 }.reversed().drop { $0 == 0x20 }.reversed(), as: UTF8.self)
        if text == "*" { return ("all", "*") }
        guard let colon = text.firstIndex(of: ":") else { return (text, "") }
        return (String(text[..<colon]), String(text[text.index(after: colon)...]))
    }
}
