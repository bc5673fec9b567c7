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
                let entry = try await authenticate(credentials, question, rules).get()
                return try allow(question, AuthenticatedEntry(entry: entry, server: credentials.server), rules)
            } catch {
                return deny(question, error, rules)
            }
        }
    }

    private func authenticate(
        _ credentials: Credentials, _ question: AuthQuestion, _ rules: IngestRules
    ) async -> Result<LiveEntry, Refusal> {
        let asked = CatalogueQuestion(
            credentials: credentials, source: question.peerAddress, hostname: hostname, now: host.wallMicroseconds / 1_000_000)
        let host = host
        return await gate.decide(asked, clock: { host.monotonicNanoseconds / 1_000_000 }) { asked in
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
            return .failure(Refusal(.backendDown, detail: error.description))
        }
        do throws(Refusal) {
            let entry = try open.authenticate(question)
            try rules.verify(entry, answers: question.credentials)
            return .success(entry)
        } catch {
            if error.cause == .backendDown { host.log(.error, "catalogue failed", ["reason": error.detail]) }
            return .failure(error)
        }
    }

    private func allow(
        _ question: AuthQuestion, _ opened: AuthenticatedEntry, _ rules: IngestRules
    ) throws(Refusal) -> Verdict {
        var verdict = Verdict(.allow)
        verdict.ttlMilliseconds = rules.configuration.cache.positiveMilliseconds
        verdict.principal = "\(opened.entry.partner)/\(opened.entry.id)"
        guard question.action == .publish else { return verdict }
        let admitted = try rules.admit(opened, question.addressText(stream: true))
        verdict.stream = admitted.key.name
        verdict.attributes = admitted.attributes.map { (key: $0.key, value: $0.value) }
        verdict.recheckMilliseconds = 60_000
        if let end = opened.entry.validTo {
            let (microseconds, overflow) = end.multipliedReportingOverflow(by: 1_000_000)
            verdict.notAfter = overflow ? 0 : microseconds
        }
        for warning in admitted.warnings {
            host.log(.warning, "entry setting not usable", ["entry": opened.entry.id.text, "problem": warning])
        }
        return verdict
    }

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
