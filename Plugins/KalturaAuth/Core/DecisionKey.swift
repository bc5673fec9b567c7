/// What answers are remembered by: (partner, entry, server index, SHA-256(token)), never the entry alone (SPEC §3.3).
public struct DecisionKey: Hashable, Sendable {
    let partner: Int32
    let entry: EntryID
    let server: ServerIndex
    let digest: [UInt8]

    public init(_ credentials: Credentials) {
        partner = credentials.partner ?? BroadcastAddress.unknownPartner
        entry = credentials.entry
        server = credentials.server
        digest = credentials.token.digest
    }

    init(partner: Int32, entry: EntryID, server: ServerIndex, digest: [UInt8]) {
        self.partner = partner
        self.entry = entry
        self.server = server
        self.digest = digest
    }
}
