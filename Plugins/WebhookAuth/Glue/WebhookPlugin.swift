// The WebhookAuth plugin: asks a company's own HTTP server whether somebody may publish or play. The core makes requests and reads
// answers; this file brings both together with the host's client, and keeps a circuit breaker per hook.

import Formats
import SluiceJSON
import SluiceKit
import Synchronization
import WebhookCore

@c(sluice_module_v1)
public func sluiceModule(
    _ hello: UnsafePointer<sluice_hello>?, _ error: UnsafeMutablePointer<sluice_error>?
) -> UnsafePointer<sluice_module>? {
    SluiceModule.entry(WebhookPlugin.self, hello, error)
}

/// `sluice.auth` over HTTP.
final class WebhookPlugin: Plugin, Authenticator {
    static let module = ModuleDescription(
        id: "webhook", version: "0.1.0", description: "asks an HTTP hook who may publish and play",
        configSchema: WebhookSettings.schema,
        appConfigSchema: WebhookSettings.schema)

    /// Bytes of an answer.
    private static let answerLimit: UInt64 = 64 << 10

    private let host: Host
    private let defaults = Mutex(WebhookSettings())
    private let breakers = Mutex<[String: CircuitBreaker]>([:])
    private let asked: Metric
    private let failed: Metric

    init(host: Host) throws {
        self.host = host
        asked = host.metric(.counter, "questions_total", help: "Questions sent to hooks.")
        failed = host.metric(.counter, "failures_total", help: "Questions that a hook did not answer: timeout, error, garbage.")
    }

    func configure(_ json: String) throws {
        let object: JSONValue
        do { object = try JSONValue(parsing: json) } catch { throw PluginError("\(error)", code: SLUICE_E_INVALID) }
        var settings = WebhookSettings()
        settings.apply(object)
        defaults.withLock { $0 = settings }
        breakers.withLock { $0 = [:] }
    }

    /// What holds for an app: `[config]`, and `[app.NAME.webhook]` over it.
    private func settings(_ app: String) -> WebhookSettings {
        var settings = defaults.withLock { $0 }
        if let text = host.appConfiguration(app), let object = try? JSONValue(parsing: text) { settings.apply(object) }
        return settings
    }

    func decide(_ question: AuthQuestion) async throws -> Verdict {
        // What a connection wants is known when it publishes or plays.
        if question.action == .connect { return Verdict(.later) }
        guard let wish = WebhookQuestion(question) else { return .abstain }
        let settings = settings(question.app)
        guard !settings.url.isEmpty else { return .abstain }
        switch wish.action == .publish ? settings.publish : settings.play {
        case .open: return .allow
        case .deny: return .deny("CLOSED", "This is not offered here.")
        case .ask: return try await ask(wish, settings, deadline: question.deadline)
        }
    }

    private func ask(_ question: WebhookQuestion, _ settings: WebhookSettings, deadline: UInt64) async throws -> Verdict {
        let now = host.monotonicNanoseconds
        let left = deadline > now ? (deadline - now) / 1_000_000 : 0
        let milliseconds = min(settings.timeoutMilliseconds, left)
        let mayAsk = breakers.withLock {
            $0[settings.url, default: CircuitBreaker()].mayAsk(now / 1_000_000, patience: milliseconds + 1000)
        }
        guard mayAsk else { throw PluginError("the hook is away: its circuit is open", code: SLUICE_E_BACKEND) }
        let seconds = host.wallMicroseconds / 1_000_000
        let id = String(UInt64.random(in: 0 ... .max), radix: 16) + String(UInt64.random(in: 0 ... .max), radix: 16)
        let request = WebhookRequest(question, settings, seconds: seconds, id: id)
        var fetch = Fetch(
            "POST", request.url, headers: [("content-type", request.contentType), ("user-agent", "Sluice-Webhook/1")],
            body: request.body, milliseconds: milliseconds, responseLimit: Self.answerLimit)
        if !request.signature.isEmpty { fetch.headers.append(("sluice-signature", request.signature)) }
        asked.record(1)
        let answer: WebhookAnswer
        do {
            let found = try await host.fetch(fetch)
            answer = WebhookAnswer(
                status: found.status, location: found.header("location") ?? "", body: found.body, settings)
        } catch {
            answer = .failed(error.text)
        }
        return try verdict(answer, settings)
    }

    private func verdict(_ answer: WebhookAnswer, _ settings: WebhookSettings) throws -> Verdict {
        if case .failed(let reason) = answer {
            failed.record(1)
            let opened = breakers.withLock {
                $0[settings.url, default: CircuitBreaker()].failed(
                    host.monotonicNanoseconds / 1_000_000, limit: settings.breakerFailures, pause: settings.breakerMilliseconds)
            }
            if opened { host.log(.error, "hook is away", ["reason": reason, "for_ms": "\(settings.breakerMilliseconds)"]) }
            throw PluginError(reason, code: SLUICE_E_BACKEND)
        }
        breakers.withLock { $0[settings.url, default: CircuitBreaker()].succeeded() }
        switch answer {
        case .abstain, .failed: return .abstain
        case .deny(let reason, let message, let ttl):
            var verdict = Verdict.deny(reason, message)
            verdict.ttlMilliseconds = ttl
            return verdict
        case .allow(let terms): return Verdict(terms)
        }
    }
}

extension WebhookQuestion {
    /// nil: nothing that a hook is asked about.
    init?(_ question: AuthQuestion) {
        switch question.action {
        case .publish: self.init(.publish, app: question.app, stream: question.stream)
        case .play: self.init(.play, app: question.app, stream: question.stream)
        case .connect, .admin: return nil
        }
        protocolName = question.protocolName
        scheme = question.scheme
        host = question.hostName
        port = question.port
        path = question.path
        url = question.url
        query = question.query.map { Pair($0.key, $0.value) }
        credentials = question.credentials.map { Pair($0.key, $0.value) }
        isTLS = question.tls
        peerAddress = question.peerAddress
        peerPort = question.peerPort
    }
}

extension Verdict {
    init(_ terms: WebhookAnswer.Terms) {
        self.init(.allow)
        principal = terms.principal
        stream = terms.stream
        ttlMilliseconds = terms.ttlMilliseconds
        recheckMilliseconds = terms.recheckMilliseconds
        let (microseconds, overflow) = terms.notAfter.multipliedReportingOverflow(by: 1_000_000)
        notAfter = overflow ? 0 : microseconds
        maxBitrate = terms.maximumBitrate
        maxViewers = terms.maximumViewers
        attributes = terms.attributes.map { (key: $0.key, value: $0.value) }
    }
}
