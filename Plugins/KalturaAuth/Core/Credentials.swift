/// What an address claims, complete: the question that a catalogue answers.
public struct Credentials: Hashable, Sendable {
    public let entry: EntryID
    /// Nil: not named, to be looked up.
    public let partner: Int32?
    public let server: ServerIndex
    public let token: Token

    public init(entry: EntryID, partner: Int32?, server: ServerIndex, token: Token) {
        self.entry = entry
        self.partner = partner
        self.server = server
        self.token = token
    }
}

extension BroadcastAddress {
    /// The credentials, when nothing is missing (SPEC §2.4).
    ///
    /// Throws MISSING_ENTRY, MISSING_TOKEN, MISSING_PARTNER, MISSING_INDEX in this order, and PARTNER_MISMATCH when the
    /// address names another partner than the installation's own.
    public func credentials(_ rules: AddressRules) throws(Refusal) -> Credentials {
        guard let entry else { throw Refusal(.missingEntry) }
        guard let token else { throw Refusal(.missingToken) }
        guard partner != nil || namedByHost || form == .streamID || rules.partnerLookup || rules.ownPartner != nil else {
            throw Refusal(.missingPartner)
        }
        guard let server else { throw Refusal(.missingIndex) }
        if let own = rules.ownPartner, let partner, partner != own {
            throw Refusal(.partnerMismatch, detail: "the address names partner \(partner), this installation serves \(own)")
        }
        return Credentials(entry: entry, partner: partner ?? rules.ownPartner, server: server, token: token)
    }
}
