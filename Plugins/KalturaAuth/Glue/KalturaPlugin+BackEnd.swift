import KalturaCore
import SluiceKit

/// `backend = "kaltura"`: questions to the API, registrations, alerts.
extension KalturaPlugin {
    /// Milliseconds between our answer and the end of the host's patience.
    static let margin: UInt64 = 300

    /// One question to the back end; answered before the host's deadline.
    func askBackEnd(
        _ question: CatalogueQuestion, _ rules: IngestRules, deadline: UInt64
    ) async -> Result<LiveEntry, Refusal> {
        let configuration = rules.configuration
        let (backEnd, host) = (backEnd, host)
        let end = deadline / 1_000_000
        let catalogue = APICatalogue(
            application: configuration.address.applications.first ?? "kLive", ownPartner: configuration.address.ownPartner,
            partners: backEnd.partners
        ) { call in
            let now = backEnd.now &+ Self.margin
            let left = end > now ? end &- now : 0
            return await backEnd.call(call, milliseconds: min(configuration.api.timeoutMilliseconds, left))
        }
        let (answer, _) = await catalogue.authenticate(question)
        do throws(Refusal) {
            let entry = try answer.get()
            try rules.verify(entry, answers: question.credentials)
        } catch {
            switch error.cause {
            case .entryMismatch, .partnerMismatch:
                host.log(.error, "back end answered for something else", ["reason": error.detail])
            case .blocked: backEnd.book { $0.cut(question.credentials.entry, .blocked) }
            default: break
            }
            return .failure(error)
        }
        backEnd.noteChange()
        return answer
    }

    // MARK: On air

    /// What is known of a publisher that is asked about again while it is on air.
    func standing(_ credentials: Credentials, _ question: AuthQuestion, _ rules: IngestRules) -> RegistrationBook.Standing {
        guard question.action == .publish else { return .unknown }
        let key = DecisionKey(credentials)
        let text = question.addressText(stream: true)
        let standing = backEnd.book { book in
            book.standing(key) { entry in
                (try? rules.admit(AuthenticatedEntry(entry: entry, server: credentials.server), text))?.key.name
            }
        }
        if case .good(let entry) = standing { gate.renew(key, entry, now: backEnd.now) }
        return standing
    }

    /// A publisher is let in. What was on air before this generation of the plugin is known from here on; returns whether this one was.
    func noteAdmission(_ opened: AuthenticatedEntry, _ key: DecisionKey, app: String, stream: String) -> Bool {
        let now = backEnd.now
        backEnd.book { $0.admitted(opened.entry, opened.server, key, now: now) }
        backEnd.remember(apps: [app])
        guard backEnd.isYoung else { return false }
        let isLive = host.streams(app: app, name: stream).contains { $0.name == stream && $0.state == SLUICE_STREAM_LIVE }
        if isLive { backEnd.book { $0.live(stream, now: now) } }
        return isLive
    }

    /// An event of a stream of ours.
    func follow(_ type: String, _ stream: String) {
        let now = backEnd.now
        backEnd.noteChange()
        switch type {
        case "stream.live", "stream.back":
            backEnd.book { $0.live(stream, now: now) }
            register()
        case "stream.lost": backEnd.book { $0.lost(stream, now: now) }
        default:
            if let last = backEnd.book({ $0.ended(stream, now: now) }) { send(last) }
        }
    }

    /// Makes the calls that are due.
    func register() {
        let configuration = rules.configuration
        guard configuration.backend == .kaltura else { return }
        let now = backEnd.now
        for call in backEnd.book({ $0.due(now) }) {
            // A generation that waits to be let go hears of no ends: what is not there any more is not registered again.
            let isThere = backEnd.book { $0.streams(of: call.input) }.contains { presence($0) != .gone }
            if isThere { send(call) } else { backEnd.book { $0.postpone(call, now: now) } }
        }
        save()
        backEnd.countRegistrations()
        guard configuration.api.registers, backEnd.reportIsDue(every: configuration.api.statusSeconds) else { return }
        let call = APICall(
            "servernode", "reportStatus", ["hostName": hostname, "serverNodeStatus": "1"], actingFor: nil, expects: .anything)
        Task { _ = await backEnd.call(call, milliseconds: configuration.api.timeoutMilliseconds) }
    }

    func send(_ registration: RegistrationBook.Registration) {
        let configuration = rules.configuration
        let call = registration.call(
            hostname: hostname, application: configuration.address.applications.first ?? "kLive",
            actsForOthers: configuration.address.ownPartner == nil)
        let isLast = registration.kind == .unregister
        let milliseconds = isLast ? 3000 : configuration.api.timeoutMilliseconds
        let (backEnd, host, gate) = (backEnd, host, gate)
        if isLast { backEnd.beginFarewell() }
        Task {
            let outcome = await backEnd.call(call, milliseconds: milliseconds)
            if isLast { backEnd.endFarewell() }
            if case .failure(let failure) = outcome, !Self.isGone(failure, isLast: isLast) {
                host.log(
                    .warning, isLast ? "registration not withdrawn" : "registration failed",
                    ["entry": registration.input.entry.text, "reason": failure.description])
            }
            let (now, random) = (backEnd.now, UInt64.random(in: 0...UInt64.max))
            let result = outcome.map { LiveEntry(api: $0) }
            guard let cut = backEnd.book({ $0.finished(registration, result, now: now, random: random) }) else { return }
            gate.forget(registration.input.entry)
            backEnd.noteChange()
            host.log(
                .warning, "entry is cut by the back end", ["entry": registration.input.entry.text, "reason": cut.rawValue])
        }
    }

    /// Withdrawing what is not there any more is a success.
    private static func isGone(_ failure: APIFailure, isLast: Bool) -> Bool {
        guard isLast, case .error(let error) = failure else { return false }
        return error.code == "ENTRY_SERVER_NODE_NOT_FOUND"
    }

    // MARK: Alerts

    /// Tells the back end of a refused connection whose entry is known; whether that arrives is of no consequence.
    func alert(_ question: AuthQuestion, _ refusal: Refusal, _ rules: IngestRules) {
        let configuration = rules.configuration
        guard configuration.backend == .kaltura, configuration.api.alerts,
            question.action == .publish || question.action == .connect,
            let address = try? BroadcastAddress(
                question.addressText(stream: question.action == .publish), rules: configuration.address),
            let entry = address.entry
        else { return }
        let (now, wall) = (backEnd.now, host.wallMicroseconds)
        let partner = configuration.address.ownPartner == nil ? address.partner : nil
        let beacon = backEnd.alerts {
            $0.beacon(
                refusal, entry: entry, server: address.server ?? .primary, partner: partner, streamName: address.streamName ?? "",
                now: now, wall: wall)
        }
        guard let beacon else { return }
        Task { [backEnd] in _ = await backEnd.client.call(beacon, milliseconds: 3000) }
    }
}
