import SluiceJSON
import Synchronization

/// Asks the back end whether credentials are good (SPEC §3.3): one call when the partner is known, a look-up before it when not.
public struct APICatalogue: Sendable {
    private let call: @Sendable (APICall) async -> APIConversation.Outcome
    private let partners: PartnerMemory
    private let application: String
    /// The partner of an own-partner installation: it acts for nobody.
    private let ownPartner: Int32?

    public init(
        application: String, ownPartner: Int32?, partners: PartnerMemory,
        call: @escaping @Sendable (APICall) async -> APIConversation.Outcome
    ) {
        self.application = application
        self.ownPartner = ownPartner
        self.partners = partners
        self.call = call
    }

    /// The entry, or what the publisher is refused with. A failure that an operator should hear of comes beside it.
    public func authenticate(_ question: CatalogueQuestion) async -> (answer: Result<LiveEntry, Refusal>, failure: APIFailure?) {
        let asked = question.credentials
        var partner = ownPartner ?? asked.partner ?? partners[asked.entry]
        if partner == nil {
            let found = await call(APICall("livestream", "get", ["entryId": asked.entry.text], actingFor: nil))
            switch Self.entry(found) {
            case .failure(let failure): return (.failure(failure.refusal), failure)
            case .success(let entry):
                guard entry.id == asked.entry else { return (.failure(Self.mismatch(asked, entry)), nil) }
                partners.remember(entry)
                partner = entry.partner
            }
        }
        switch Self.entry(await call(authenticate(question, partner))) {
        case .failure(let failure): return (.failure(failure.refusal), failure)
        case .success(let entry):
            if entry.id != asked.entry { return (.failure(Self.mismatch(asked, entry)), nil) }
            guard entry.partner == partner else {
                let text = "asked for partner \(partner.map { "\($0)" } ?? "-"), the back end answered \(entry.partner)"
                return (.failure(Refusal(.partnerMismatch, detail: text)), nil)
            }
            return (.success(entry), nil)
        }
    }

    private func authenticate(_ question: CatalogueQuestion, _ partner: Int32?) -> APICall {
        let asked = question.credentials
        var call = APICall(
            "livestream", "authenticate",
            ["entryId": asked.entry.text, "token": asked.token.withText { $0 }, "applicationName": application],
            actingFor: ownPartner == nil ? partner : nil)
        // The pair of both makes the back end note where the entry is; without them the call leaves no trace.
        if let hostname = question.hostname {
            call.parameters.append(APICall.Parameter(name: "hostname", value: hostname))
            call.parameters.append(APICall.Parameter(name: "mediaServerIndex", value: "\(asked.server.rawValue)"))
        }
        return call
    }

    private static func entry(_ outcome: APIConversation.Outcome) -> Result<LiveEntry, APIFailure> {
        outcome.flatMap { value in
            LiveEntry(api: value).map { .success($0) } ?? .failure(.broken("an answer that is no entry", opensCircuit: false))
        }
    }

    private static func mismatch(_ asked: Credentials, _ entry: LiveEntry) -> Refusal {
        Refusal(.entryMismatch, detail: "asked for \(asked.entry), the back end answered \(entry.id)")
    }
}

/// Whose an entry is, once it was looked up; an entry never changes its partner. Bounded.
public final class PartnerMemory: Sendable {
    static let capacity = 10_000
    private let known = Mutex<[EntryID: Int32]>([:])

    public init() {}

    subscript(entry: EntryID) -> Int32? { known.withLock { $0[entry] } }

    func remember(_ entry: LiveEntry) {
        known.withLock { known in
            if known.count >= Self.capacity { known.removeAll() }
            known[entry.id] = entry.partner
        }
    }
}
