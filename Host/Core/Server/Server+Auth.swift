import CSluice
import HostPaths
import NIOCore
import SluiceJSON

/// One who waits for a decision; its ticket belongs to the control thread.
final class AuthWait: @unchecked Sendable {
    var ticket: AuthService.Ticket?
}

/// How the auth service reaches plugins, clock and control thread of a server.
final class ServerAuthEnvironment: AuthEnvironment, @unchecked Sendable {
    private unowned let server: Server
    /// Whose question is open; on the control thread.
    private var asked: [UInt64: PluginGeneration] = [:]

    init(_ server: Server) { self.server = server }

    var now: UInt64 { server.now }

    func schedule(at deadline: UInt64, _ body: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        let task = server.control.loop.scheduleTask(deadline: .uptimeNanoseconds(deadline), body)
        return { task.cancel() }
    }

    func post(_ body: @escaping @Sendable () -> Void) { server.control.post(body) }

    func decide(plugin: String, question: UInt64, _ request: AuthQuestion, deadline: UInt64) -> Bool {
        guard let generation = server.registry.active(plugin),
            let table: UnsafePointer<sluice_auth_interface> = generation.interface(SLUICE_INTERFACE_AUTH)
        else { return false }
        asked[question] = generation
        generation.leases.questions.wrappingAdd(1, ordering: .relaxed)
        let status = request.withC(deadline: deadline) { request in
            generation.call(.decide, else: SLUICE_E_CANCELLED) {
                table.pointee.decide?(generation.instance, question, request) ?? SLUICE_E_FAILED
            }
        }
        guard status != SLUICE_OK else { return true }
        generation.failed(status, "decide failed with status \(status)")
        take(question)
        return false
    }

    /// [control] The question was answered, or nobody waits for it any more.
    func over(question: UInt64) { take(question) }

    @discardableResult
    private func take(_ question: UInt64) -> PluginGeneration? {
        guard let generation = asked.removeValue(forKey: question) else { return nil }
        generation.leases.questions.wrappingSubtract(1, ordering: .relaxed)
        return generation
    }

    /// [control] The open questions of a generation.
    func questions(of generation: PluginGeneration) -> [UInt64] { asked.filter { $0.value === generation }.map(\.key) }

    func cancel(plugin _: String, question: UInt64) {
        guard let generation = take(question),
            let table: UnsafePointer<sluice_auth_interface> = generation.interface(SLUICE_INTERFACE_AUTH)
        else { return }
        generation.call(.cancel) { table.pointee.cancel?(generation.instance, question) }
    }

    func decided(_ question: AuthQuestion, _ verdict: Verdict, cached: Bool, nanoseconds: UInt64) {
        server.decided(question, verdict, cached: cached, nanoseconds: nanoseconds)
    }
}

extension Server {
    /// [any] Decides a question; `done` is called on the control thread, or at once for open and unknown apps.
    /// - Returns: what `withdraw` takes.
    @discardableResult
    func decide(_ question: AuthQuestion, _ done: @escaping @Sendable (Verdict) -> Void) -> AuthWait? {
        guard let policy = policy(question.app) else {
            let verdict = Verdict.deny("NO_APP", "there is no such application", httpStatus: 404)
            decided(question, verdict, cached: false, nanoseconds: 0)
            done(verdict)
            return nil
        }
        if policy.chain.open {
            done(.allow)
            return nil
        }
        let wait = AuthWait()
        control.post { wait.ticket = self.auth.ask(question, chain: policy.chain, done) }
        return wait
    }

    /// [any] Who asked has gone; the plugin hears it when nobody else waits for the same answer.
    func withdraw(_ wait: AuthWait?) {
        guard let wait else { return }
        control.post {
            guard let ticket = wait.ticket else { return }
            wait.ticket = nil
            self.auth.forget(ticket)
        }
    }

    /// [lane of the session] A protocol plugin's question; the answer goes to its lane.
    func ask(_ question: AuthQuestion, operation handle: UInt64, _ asked: AuthOperation, session: Session) {
        let lane = session.lane
        let answered: @Sendable (Verdict) -> Void = { verdict in
            lane.post {
                guard let operation = self.operations.remove(handle), let session = operation.session else { return }
                session.asked(handle)
                self.deliver(verdict, question, to: session, operation)
            }
        }
        guard !isDraining else {
            let verdict = Verdict.deny("DRAINING", Self.drainingText, httpStatus: 503)
            decided(question, verdict, cached: false, nanoseconds: 0)
            return answered(verdict)
        }
        asked.wait = decide(question, answered)
    }

    private func deliver(_ verdict: Verdict, _ question: AuthQuestion, to session: Session, _ operation: AuthOperation) {
        var grant: UInt64 = 0
        let name = verdict.stream ?? question.stream
        if verdict.decision == .allow, question.action == .publish || question.action == .play, let name {
            grant = grants.insert(
                Grant(
                    question: question, verdict: verdict, key: StreamKey(app: question.app, stream: name),
                    expires: now &+ Grant.lifetime))
        }
        if question.action == .connect, verdict.decision == .allow { session.context = verdict.context }
        let arena = TextArena()
        var answer = sluice_auth_answer()
        answer.struct_size = UInt32(MemoryLayout<sluice_auth_answer>.size)
        answer.decision = verdict.decision.rawValue
        answer.grant = grant
        answer.stream = arena.text(name?.text ?? "")
        answer.reason = arena.text(verdict.reason)
        answer.message = arena.text(verdict.message)
        answer.status = arena.text(verdict.status)
        answer.http_status = verdict.httpStatus
        answer.flags = verdict.legacyPlayFailed ? SLUICE_VERDICT_FLAG_LEGACY_PLAY_FAILED : 0
        withExtendedLifetime(arena) { session.generation.call(.answer) { operation.done(&answer) } }
    }

    /// Log, metrics and event of one decision. Never the token: only app, stream and reason.
    func decided(_ question: AuthQuestion, _ verdict: Verdict, cached: Bool, nanoseconds: UInt64) {
        hostMetrics.decision(metrics, question.action.name, verdict.decision, cached: cached, seconds: Double(nanoseconds) / 1e9)
        guard verdict.decision == .deny else { return }
        var words = [
            "action": question.action.name, "app": question.app.text, "peer": question.peerAddress, "reason": verdict.reason,
        ]
        if let stream = question.stream { words["stream"] = stream.text }
        if !verdict.plugin.isEmpty { words["plugin"] = verdict.plugin }
        if !verdict.detail.isEmpty { words["detail"] = verdict.detail }
        log.notice("denied", words)
        events.emit("auth.denied", JSONObject(words.sorted { $0.key < $1.key }.map { ($0.key, JSONValue.string($0.value)) }))
    }
}
