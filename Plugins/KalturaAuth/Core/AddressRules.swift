/// What the parser of broadcast addresses must know of the configuration (SPEC §13).
public struct AddressRules: Hashable, Sendable {
    /// Application names served; compared ignoring case.
    public var applications: [String] = ["kLive"]
    /// Domains below which `ENTRY.p.` and `ENTRY.b.` name entry and server index.
    public var hostSuffixes: [String] = []
    /// A prefix `BACKEND-` that values of `e` may carry; empty: none.
    public var backendID = ""
    /// The one partner served, or nil when any is.
    public var ownPartner: Int32?
    /// Whether an address without partner is looked up instead of refused.
    public var partnerLookup = true

    public init() {}

    /// Whether `name` (case and anything after `?` ignored) is an application of ours.
    public func serves(_ name: String) -> Bool {
        let wanted = ASCII.lowercased(name.prefix { $0 != "?" })
        return applications.contains { ASCII.lowercased($0) == wanted }
    }
}
