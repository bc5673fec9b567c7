import Glibc
import KalturaCore
import SluiceKit
import Synchronization

/// The back end as the plugin has it: its client, what is registered with it, and what it was told of refusals.
final class BackEnd: Sendable {
    let client: APIClient
    let partners = PartnerMemory()
    private let transport: HostTransport
    private let host: Host
    private let state = Mutex(State())
    private let calls: Metric
    private let failures: Metric
    private let seconds: Metric
    private let registered: Metric
    /// When this generation began, in milliseconds: what was on air before is not known to it.
    private let began: UInt64

    private struct State {
        var book = RegistrationBook()
        var alerts = AlertLog()
        var statusAt: UInt64 = 0
        /// Apps that streams of ours are in.
        var apps: Set<String> = []
        /// Whether what `PluginMemory` holds differs from the file, and whether that is being written.
        var isChanged = false
        var isSaving = false
        /// Withdrawals that have no answer yet.
        var farewells = 0
        /// What operators were told lately, and when.
        var told: [String: UInt64] = [:]
    }

    init(_ host: Host) {
        self.host = host
        transport = HostTransport(host)
        client = APIClient(transport)
        calls = host.metric(.counter, "api_calls_total", help: "Calls of the back end's API.")
        failures = host.metric(
            .counter, "api_failures_total", help: "Calls that brought no result: errors of the API, no answer, garbage.")
        seconds = host.metric(.histogram, "api_seconds", help: "How long calls of the back end's API took.")
        registered = host.metric(.gauge, "registrations", help: "Inputs that are registered with the back end.")
        began = host.monotonicNanoseconds / 1_000_000
    }

    func configure(_ configuration: Configuration, hostname: String) {
        transport.configure(configuration.api)
        client.configure(configuration.api, partner: configuration.address.ownPartner, clientTag: "sluice-\(hostname)")
        var settings = configuration.api
        settings.registers = settings.registers && configuration.backend == .kaltura
        state.withLock { state in
            state.book.configure(settings)
            state.statusAt = 0
        }
    }

    var now: UInt64 { host.monotonicNanoseconds / 1_000_000 }

    /// Whether there may be streams on air that this generation has not seen begin.
    var isYoung: Bool { now &- began < 180_000 }

    func book<Result: Sendable>(_ body: (inout RegistrationBook) -> Result) -> Result { state.withLock { body(&$0.book) } }

    func alerts<Result: Sendable>(_ body: (inout AlertLog) -> Result) -> Result { state.withLock { body(&$0.alerts) } }

    // MARK: What outlives this generation

    var apps: Set<String> { state.withLock { $0.apps } }

    func remember(apps: Set<String>) { state.withLock { $0.apps.formUnion(apps) } }

    /// Who is on air, and where; who was let in is the gate's.
    var memory: PluginMemory {
        state.withLock { state in
            var memory = PluginMemory()
            memory.apps = state.apps
            memory.onAir = state.book.saved
            return memory
        }
    }

    /// Somebody was let in, or what is on air changed.
    func noteChange() { state.withLock { $0.isChanged = true } }

    /// Whether there is something to write, and nobody writes.
    func beginSaving() -> Bool {
        state.withLock { state in
            guard state.isChanged, !state.isSaving else { return false }
            (state.isChanged, state.isSaving) = (false, true)
            return true
        }
    }

    func endSaving() { state.withLock { $0.isSaving = false } }

    // MARK: Last words

    /// A withdrawal is on its way.
    func beginFarewell() { state.withLock { $0.farewells += 1 } }

    func endFarewell() { state.withLock { $0.farewells -= 1 } }

    /// [control, at the end] Gives withdrawals that have just begun the time to reach the host's client, which sends them before it ends. Their
    /// answers come on this thread, in a process of its own, hence not before this returns.
    func awaitFarewells(_ milliseconds: Int) {
        for _ in 0..<milliseconds / 10 where state.withLock({ $0.farewells > 0 }) { usleep(10_000) }
    }

    /// Whether it is time to report this server, which is done every `seconds`.
    func reportIsDue(every seconds: Int64) -> Bool {
        let now = now
        return state.withLock { state in
            guard seconds > 0, now >= state.statusAt else { return false }
            state.statusAt = now &+ UInt64(clamping: seconds) &* 1000
            return true
        }
    }

    /// Makes a call; what an operator has to know of it is logged, once a minute at most.
    func call(_ call: APICall, milliseconds: UInt64) async -> APIConversation.Outcome {
        let start = host.monotonicNanoseconds
        let outcome = await client.call(call, milliseconds: milliseconds)
        calls.record(1)
        seconds.record(Double(host.monotonicNanoseconds &- start) / 1e9)
        if case .failure(let failure) = outcome {
            failures.record(1)
            report(failure, of: call)
        }
        return outcome
    }

    private func report(_ failure: APIFailure, of call: APICall) {
        switch failure {
        case .broken(_, opensCircuit: true), .session, .forbidden: break
        case .error(let error) where error.operatorText != nil: break
        default: return
        }
        let text = failure.description
        if isNews(text) { host.log(.error, "back end cannot be used", ["call": call.name, "reason": text]) }
    }

    /// Whether operators have not been told this for a minute.
    func isNews(_ text: String) -> Bool {
        let now = now
        return state.withLock { state in
            if let last = state.told[text], now &- last < 60_000 { return false }
            if state.told.count >= 100 { state.told = [:] }
            state.told[text] = now
            return true
        }
    }

    func countRegistrations() { registered.record(Double(book { $0.count })) }
}

/// The host's client, clock and files for `APIClient`.
final class HostTransport: APITransport {
    private let host: Host
    private let settings = Mutex(APISettings())
    private let sessions: Metric

    init(_ host: Host) {
        self.host = host
        sessions = host.metric(.counter, "sessions_total", help: "Sessions signed for calls of the back end's API.")
    }

    func configure(_ settings: APISettings) { self.settings.withLock { $0 = settings } }

    var now: UInt64 { host.monotonicNanoseconds / 1_000_000 }
    var wall: Int64 { host.wallMicroseconds / 1_000_000 }

    func pause(milliseconds: UInt64) async { try? await Task.sleep(for: .milliseconds(Int64(clamping: milliseconds))) }

    func send(_ request: APIRequest, milliseconds: UInt64) async -> APIOutcome {
        let fetch = Fetch(
            "POST", request.url, headers: [("content-type", APIRequest.contentType), ("user-agent", "Sluice")],
            body: request.body,
            milliseconds: milliseconds, responseLimit: APIRequest.answerLimit)
        do throws(PluginError) {
            let found = try await host.fetch(fetch)
            return .answer(status: found.status, headers: found.headers, body: found.body)
        } catch {
            switch error.code {
            case SLUICE_E_TIMEOUT: return .timeout
            case SLUICE_E_DENIED, SLUICE_E_INVALID: return .forbidden(error.text)
            default: return .failure(error.text)
            }
        }
    }

    func secret() async -> Secret? {
        sessions.record(1)
        let settings = settings.withLock { $0 }
        guard settings.secretFile.isEmpty else {
            let path = settings.secretFile.hasPrefix("/") ? settings.secretFile : "\(host.dataFolder)/\(settings.secretFile)"
            do {
                let (bytes, isOpen) = try await host.worker { (try KalturaPlugin.read(path).get(), Self.isOpenToAll(path)) }
                if isOpen { host.log(.warning, "admin_secret_file is readable by everybody", ["file": settings.secretFile]) }
                return Secret(String(decoding: bytes.prefix(4096), as: UTF8.self))
            } catch {
                host.log(.error, "admin_secret_file cannot be read", ["reason": "\(error)"])
                return nil
            }
        }
        return settings.secret
    }

    private static func isOpenToAll(_ path: String) -> Bool {
        var info = stat()
        return stat(path, &info) == 0 && info.st_mode & 0o007 != 0
    }
}
