/// The decisions that need no catalogue: what an address asks, and what a good answer turns into (SPEC §2, §3.2).
///
/// Pure: text in, decision out. The caller asks the catalogue in between.
public struct IngestRules: Sendable {
    public let configuration: Configuration
    public var address: AddressRules { configuration.address }

    public init(_ configuration: Configuration) { self.configuration = configuration }

    /// What to do about a question.
    public enum Step: Hashable, Sendable {
        /// Not one of our applications.
        case notServed
        /// A connect without credentials, or without the entry that the stream name may still bring.
        case later
        /// Ask the catalogue.
        case ask(Credentials)
        case refuse(Refusal)
    }

    /// An RTMP connect. Only an address with credentials and an entry is decided here.
    public func connect(_ text: AddressText) -> Step {
        guard serves(text) else { return .notServed }
        do throws(Refusal) {
            let parsed = try BroadcastAddress(text, rules: address)
            guard parsed.hasCredentials, parsed.entry != nil else { return .later }
            return .ask(try parsed.credentials(address))
        } catch {
            return .refuse(error)
        }
    }

    /// A publish: the whole address is asked, also when the connect was good; that answer is remembered, and a later one may differ.
    public func publish(_ text: AddressText) -> Step {
        guard serves(text) else { return .notServed }
        do throws(Refusal) {
            return .ask(try BroadcastAddress(text, rules: address).credentials(address))
        } catch {
            return .refuse(error)
        }
    }

    /// The checks after a positive answer: it is about what was asked (§3.3).
    public func verify(_ entry: LiveEntry, answers credentials: Credentials) throws(Refusal) {
        guard entry.id == credentials.entry else {
            throw Refusal(.entryMismatch, detail: "asked for \(credentials.entry), the back end answered \(entry.id)")
        }
        if let partner = credentials.partner, partner != entry.partner {
            throw Refusal(.partnerMismatch, detail: "asked for partner \(partner), the back end answered \(entry.partner)")
        }
    }

    /// The checks at publish, in the order of §3.2, and the verdict of a stream that passes them.
    public func admit(_ opened: AuthenticatedEntry, _ text: AddressText) throws(Refusal) -> PublishVerdict {
        let sent = try streamName(text)
        guard let name = StreamName(sent) else {
            throw Refusal(.badStreamName, detail: "stream name \(Token.mask(sent)) is not ENTRY_NUMBER")
        }
        switch name {
        case .short where !configuration.allowBareIndex:
            throw Refusal(.badStreamName, detail: "a bare stream index is not allowed here")
        case .full(let entry, _) where entry != opened.entry.id:
            throw Refusal(.entryMismatch, detail: "stream name \(sent) under entry \(opened.entry.id)")
        default: break
        }
        let highest = configuration.maxStreamIndex
        guard highest == 0 || (1...highest).contains(name.index) else {
            throw Refusal(.badStreamIndex, detail: "stream index \(name.index) is not within 1…\(highest)")
        }
        let key = StreamKey(entry: opened.entry.id, server: opened.server, index: name.index)
        return PublishVerdict(key: key, entry: opened.entry, configuration: configuration)
    }

    /// The stream that may be played under the name that was asked for; no credentials are looked at.
    public func play(_ text: AddressText) -> PlayStep {
        guard serves(text) else { return .notServed }
        guard configuration.play == .open else {
            return .refuse(Refusal(.noPermission, detail: "play is denied by configuration"))
        }
        return .allow(stream: String((text.stream ?? "").prefix { $0 != "?" }))
    }

    /// What to do about a player.
    public enum PlayStep: Hashable, Sendable {
        case notServed
        /// The name without its query; empty when the caller has none.
        case allow(stream: String)
        case refuse(Refusal)
    }

    /// An SRT stream id of Kaltura's form names no application: it is ours unless the server says that it is another's.
    private func serves(_ text: AddressText) -> Bool {
        if let id = text.streamID, text.app.isEmpty { return id.hasPrefix("#:::") || id.hasPrefix("#!::") }
        let app = AddressURL(text.app).segments.first ?? AddressURL(text.tcURL).segments.first ?? ""
        return address.serves(app)
    }

    private func streamName(_ text: AddressText) throws(Refusal) -> String {
        let parsed = try BroadcastAddress(text, rules: address)
        return parsed.streamName ?? ""
    }
}
