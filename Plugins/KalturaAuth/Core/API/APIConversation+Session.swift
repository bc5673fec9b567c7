import SluiceJSON

/// Sessions that the back end makes (`ks_source = "api"`, SPEC §5): `session.start`, by one caller for all.
extension APIConversation {
    /// Who waits looks again after so many milliseconds.
    static let sessionPause: UInt64 = 50

    /// What asks for a session; nil: it is signed here. The secret is in the body.
    func sessionRequest(_ secret: Secret) -> APIRequest? {
        guard settings.ksSource == .api else { return nil }
        let pairs = [
            ("secret", String(decoding: secret.signing, as: UTF8.self)), ("userId", "MediaServer"), ("type", "2"),
            ("partnerId", "\(partner)"), ("expiry", "\(settings.ksSeconds)"), ("privileges", settings.ksPrivileges),
            ("format", "1"), ("clientTag", clientTag),
        ]
        let form = pairs.map { FormCoding.encode($0.0) + "=" + FormCoding.encode($0.1) }.joined(separator: "&")
        return APIRequest(url: "\(settings.serverURL)/api_v3/service/session/action/start", body: Array(form.utf8))
    }

    /// What became of it. Nil: there is a session; else why not.
    public mutating func started(_ outcome: APIOutcome, now: UInt64) -> APIFailure? {
        startingUntil = nil
        switch outcome {
        case .forbidden(let text): return .forbidden(text)
        case .timeout: return brokenStart("no answer in time", now)
        case .failure(let text): return brokenStart(text, now)
        case .answer(let status, let headers, let body):
            switch APIAnswer(status: status, headers: headers, body: body) {
            case .broken(let text): return brokenStart(text, now)
            case .error(let error):
                breaker.succeeded()
                return .session("the back end makes no session of this secret: \(error.code)")
            case .result(let value):
                guard let text = value.stringValue, (1...KS.maximumLength).contains(text.utf8.count) else {
                    return brokenStart("an answer that is no session", now)
                }
                breaker.succeeded()
                keeper.take(KS(text), seconds: settings.ksSeconds, now: now)
                return nil
            }
        }
    }

    private mutating func brokenStart(_ text: String, _ now: UInt64) -> APIFailure {
        .broken(text, opensCircuit: breaker.failed(now, limit: Self.circuitLimit, pause: Self.circuitPause))
    }
}
