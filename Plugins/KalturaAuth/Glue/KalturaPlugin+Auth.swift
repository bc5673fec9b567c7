import KalturaCatalogue
import KalturaCore
import SluiceKit

extension KalturaPlugin: Authenticator {
    func decide(_ question: AuthQuestion) async throws -> Verdict {
        let rules = rules
        switch question.action {
        case .connect: return await decide(question, rules.connect(question.addressText(stream: false)), rules)
        case .publish: return await decide(question, rules.publish(question.addressText(stream: true)), rules)
        case .play: return play(question, rules)
        case .admin: return .abstain
        }
    }

    private func decide(_ question: AuthQuestion, _ step: IngestRules.Step, _ rules: IngestRules) async -> Verdict {
        switch step {
        case .notServed: return .abstain
        case .later: return Verdict(.later)
        case .refuse(let refusal): return deny(question, refusal, rules)
        case .ask(let credentials):
            do throws(Refusal) {
                let (entry, asked) = try await opened(credentials, question, rules)
                let opened = AuthenticatedEntry(entry: entry, server: credentials.server)
                return try await allow(question, opened, credentials, asked: asked, rules)
            } catch {
                return deny(question, error, rules)
            }
        }
    }

    /// The entry that the credentials open, and whether its catalogue (or what is remembered of it) was asked. Who is on air keeps what
    /// it has while catalogue or back end are away, and is asked about once a minute.
    private func opened(
        _ credentials: Credentials, _ question: AuthQuestion, _ rules: IngestRules
    ) async throws(Refusal) -> (entry: LiveEntry, asked: Bool) {
        let now = backEnd.now
        let here =
            question.action == .publish ? publishers { $0.standing(question.connection, credentials, now: now) } : .unknown
        if here == .ending { throw Refusal(.noPermission, detail: "closed by an operator") }
        guard rules.configuration.backend == .kaltura else { return try await openedLocally(credentials, question, here, rules) }
        let standing = standing(credentials, question, rules)
        switch standing {
        case .good(let entry): return (entry, false)
        case .cut(let reason): throw Refusal(reason, detail: "the back end said so while it was on air")
        case .unknown: return (try await authenticate(credentials, question, rules).get(), true)
        }
    }

    private func openedLocally(
        _ credentials: Credentials, _ question: AuthQuestion, _ here: LivePublishers.Standing, _ rules: IngestRules
    ) async throws(Refusal) -> (entry: LiveEntry, asked: Bool) {
        if case .fresh(let entry) = here { return (entry, false) }
        switch await authenticate(credentials, question, rules) {
        case .success(let entry): return (entry, true)
        case .failure(let refusal):
            guard refusal.cause == .backendDown, case .due(let entry) = here else { throw refusal }
            gate.renew(DecisionKey(credentials), entry, now: backEnd.now)
            return (entry, false)
        }
    }

    private func authenticate(
        _ credentials: Credentials, _ question: AuthQuestion, _ rules: IngestRules
    ) async -> Result<LiveEntry, Refusal> {
        let isRemote = rules.configuration.backend == .kaltura
        let asked = CatalogueQuestion(
            credentials: credentials, source: question.peerAddress,
            hostname: isRemote && !rules.configuration.api.registers ? nil : hostname, now: host.wallMicroseconds / 1_000_000)
        let host = host
        return await gate.decide(asked, clock: { host.monotonicNanoseconds / 1_000_000 }) { asked in
            if isRemote { return await self.askBackEnd(asked, rules, deadline: question.deadline) }
            do {
                return try await host.worker { self.ask(asked, rules) }
            } catch {
                return .failure(Refusal(.backendDown, detail: "\(error)"))
            }
        }
    }

    /// [worker] One question to the catalogue.
    private func ask(_ question: CatalogueQuestion, _ rules: IngestRules) -> Result<LiveEntry, Refusal> {
        let open: any CatalogueStore
        do throws(CatalogueError) {
            open = try catalogue()
        } catch {
            tell(error.description)
            return .failure(Refusal(.backendDown, detail: error.description))
        }
        do throws(Refusal) {
            let entry = try open.authenticate(question)
            try rules.verify(entry, answers: question.credentials)
            return .success(entry)
        } catch {
            if error.cause == .backendDown { tell(error.detail) }
            return .failure(error)
        }
    }

    /// Once a minute for each reason; every refusal has its own line by the host.
    private func tell(_ reason: String) {
        if backEnd.isNews(reason) { host.log(.error, "catalogue failed", ["reason": reason]) }
    }

    private func allow(
        _ question: AuthQuestion, _ opened: AuthenticatedEntry, _ credentials: Credentials, asked: Bool, _ rules: IngestRules
    ) async throws(Refusal) -> Verdict {
        var verdict = Verdict(.allow)
        verdict.ttlMilliseconds = rules.configuration.cache.positiveMilliseconds
        verdict.principal = "\(opened.entry.partner)/\(opened.entry.id)"
        guard question.action == .publish else { return verdict }
        var admitted = try rules.admit(opened, question.addressText(stream: true))
        let ladder = try await ladder(of: admitted, app: question.app, rules, deadline: question.deadline)
        if let ladder { admitted.set(ladder: ladder) }
        verdict.stream = admitted.key.name
        verdict.attributes = admitted.attributes.map { (key: $0.key, value: $0.value) }
        // What is kept is the gate's; the host has to ask, to hear of one that is to end. That costs no question to the catalogue.
        verdict.ttlMilliseconds = 0
        verdict.recheckMilliseconds = Self.recheckMilliseconds
        note(admitted.key.name, opened, credentials, question, asked: asked, rules)
        if let end = opened.entry.validTo {
            let (microseconds, overflow) = end.multipliedReportingOverflow(by: 1_000_000)
            verdict.notAfter = overflow ? 0 : microseconds
        }
        for warning in admitted.warnings where backEnd.isNews("\(opened.entry.id): \(warning)") {
            host.log(.warning, "entry setting not usable", ["entry": opened.entry.id.text, "problem": warning])
        }
        return verdict
    }

    /// Keeps in mind who publishes: for registrations, diagnostics and its next question.
    private func note(
        _ stream: String, _ opened: AuthenticatedEntry, _ credentials: Credentials, _ question: AuthQuestion, asked: Bool,
        _ rules: IngestRules
    ) {
        let isLive = noteAdmission(opened, DecisionKey(credentials), app: question.app, stream: stream)
        guard question.connection != 0 else { return }
        var publisher = LivePublishers.Publisher(
            connection: question.connection, app: question.app, stream: stream, entry: opened.entry, credentials: credentials,
            scheme: question.scheme, source: question.peerAddress,
            address: MaskedAddress(question.addressText(stream: true), rules: rules.address), since: host.wallMicroseconds)
        publisher.isLive = isLive
        let (noted, now) = (publisher, backEnd.now)
        publishers { $0.admit(noted, asked: asked, now: now) }
    }

    /// How soon a publisher that is to end is ended; the catalogue is asked less often.
    private static let recheckMilliseconds: UInt64 = 5000

    private func play(_ question: AuthQuestion, _ rules: IngestRules) -> Verdict {
        switch rules.play(AddressText(tcURL: "", app: question.app, stream: question.stream)) {
        case .notServed: return .abstain
        case .allow:
            var verdict = Verdict(.allow)
            verdict.ttlMilliseconds = 60_000
            return verdict
        case .refuse(let refusal): return deny(question, refusal, rules)
        }
    }

    /// A denial is never kept by the host: how long one holds is the gate's to know, by token and source.
    private func deny(_ question: AuthQuestion, _ refusal: Refusal, _ rules: IngestRules) -> Verdict {
        let address = MaskedAddress(question.addressText(stream: question.action != .connect), rules: rules.address)
        gate.record(Rejection(time: host.wallMicroseconds, address: address, source: question.peerAddress, refusal: refusal))
        alert(question, refusal, rules)
        var verdict = Verdict.deny(refusal.reason.rawValue, refusal.reason.clientText)
        verdict.detail = refusal.description
        verdict.httpStatus = UInt32(refusal.reason.httpStatus)
        verdict.legacyPlayFailed = rules.configuration.legacyStatusCodes
        switch question.action {
        case .connect: verdict.status = RefusalReason.rtmpConnectCode
        case .publish: verdict.status = refusal.reason.rtmpPublishCode
        case .play, .admin: break
        }
        return verdict
    }
}

extension AuthQuestion {
    /// The raw address; what the protocol plugin left out is taken from the parsed parts.
    func addressText(stream wanted: Bool) -> AddressText {
        let isSRT = protocolName == "srt"
        let name = rawStream.isEmpty || isSRT ? stream : rawStream
        return AddressText(
            tcURL: url, app: rawApp.isEmpty ? app : rawApp, stream: wanted ? name : nil, host: hostName,
            streamID: isSRT ? rawStream : nil)
    }
}
