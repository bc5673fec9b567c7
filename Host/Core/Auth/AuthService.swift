// AuthService: walks an app's chain for one question at a time per identity, enforces deadlines, keeps verdicts.
//
// Confined to the control thread except `answer`. It knows no protocol and no plugin table: `decide` and `cancel` are given to it, and
// so are clock and timers, so that it can be tested without any of them. Nobody is delayed by somebody else's slow decision.

import Synchronization

/// Where the service gets time, and puts questions.
protocol AuthEnvironment: AnyObject, Sendable {
    /// Monotonic nanoseconds.
    var now: UInt64 { get }
    /// Runs `body` on the control thread at or after `deadline`; the returned closure cancels.
    func schedule(at deadline: UInt64, _ body: @escaping @Sendable () -> Void) -> @Sendable () -> Void
    /// Runs `body` on the control thread, later.
    func post(_ body: @escaping @Sendable () -> Void)
    /// Asks a plugin; `false`: it isn't there, or refused the question.
    func decide(plugin: String, question: UInt64, _ request: AuthQuestion, deadline: UInt64) -> Bool
    func cancel(plugin: String, question: UInt64)
    /// The question was answered, or will not be any more.
    func over(question: UInt64)
    /// One definitive or failed decision, for log, metrics and events.
    func decided(_ question: AuthQuestion, _ verdict: Verdict, cached: Bool, nanoseconds: UInt64)
}

final class AuthService: @unchecked Sendable {
    typealias Done = @Sendable (Verdict) -> Void

    /// A question under way with everybody who waits for it.
    private final class Pending {
        let identity: AuthIdentity
        let question: AuthQuestion
        let chain: AuthChain
        let began: UInt64
        var waiting: [UInt64: Done] = [:]
        var link = 0
        var handle: UInt64 = 0
        var cancelTimer: (@Sendable () -> Void)?

        init(identity: AuthIdentity, question: AuthQuestion, chain: AuthChain, began: UInt64) {
            self.identity = identity
            self.question = question
            self.chain = chain
            self.began = began
        }
    }

    /// What a question handle stands for; answered at most once.
    private final class Asked: Sendable {
        let identity: AuthIdentity
        let action: AuthQuestion.Action
        init(identity: AuthIdentity, action: AuthQuestion.Action) {
            self.identity = identity
            self.action = action
        }
    }

    private unowned let environment: any AuthEnvironment
    private let asked = HandleTable<Asked>(kind: HandleKind.question)
    private let key = Digest.random(32)
    private var pending: [AuthIdentity: Pending] = [:]
    private var cache: VerdictCache
    private var nextWaiter: UInt64 = 0

    /// - Parameter cacheEntries: verdicts kept at most.
    init(environment: any AuthEnvironment, cacheEntries: Int = 10_000) {
        self.environment = environment
        cache = VerdictCache(limit: cacheEntries)
    }

    /// [control] Decides a question. `done` is called once, on the control thread, maybe before this returns.
    /// - Returns: what `forget` takes.
    @discardableResult
    func ask(_ question: AuthQuestion, chain: AuthChain, _ done: @escaping Done) -> Ticket? {
        if chain.open {
            done(.allow)
            return nil
        }
        let now = environment.now
        let identity = question.identity(key: key)
        if let verdict = cache.fresh(identity, at: now) {
            environment.decided(question, verdict, cached: true, nanoseconds: 0)
            done(verdict)
            return nil
        }
        nextWaiter &+= 1
        let ticket = Ticket(identity: identity, waiter: nextWaiter)
        if let running = pending[identity] {
            running.waiting[nextWaiter] = done
            return ticket
        }
        let started = Pending(identity: identity, question: question, chain: chain, began: now)
        started.waiting[nextWaiter] = done
        pending[identity] = started
        askNext(started)
        return ticket
    }

    /// Names one who waits.
    struct Ticket: Sendable {
        fileprivate let identity: AuthIdentity
        fileprivate let waiter: UInt64
    }

    /// [control] One who asked is gone. When nobody is left the plugin hears that it need not answer.
    func forget(_ ticket: Ticket) {
        guard let running = pending[ticket.identity] else { return }
        running.waiting[ticket.waiter] = nil
        guard running.waiting.isEmpty else { return }
        pending[ticket.identity] = nil
        withdraw(running)
    }

    /// [any] A plugin's answer. Returns a status for it: stale, invalid or fine.
    func answer(_ handle: UInt64, _ make: (AuthQuestion.Action) -> Verdict?) -> AnswerStatus {
        guard let asked = asked.remove(handle) else { return .stale }
        let verdict = make(asked.action)
        environment.post { [weak self] in
            self?.answered(asked.identity, handle, verdict ?? .failed("the verdict breaks its contract"))
        }
        return verdict == nil ? .invalid : .taken
    }

    /// [any] A question that its plugin will not answer any more: the chain's failure policy decides.
    func fail(_ handle: UInt64, _ detail: String) {
        guard let asked = asked.remove(handle) else { return }
        environment.post { [weak self] in self?.answered(asked.identity, handle, .failed(detail)) }
    }

    enum AnswerStatus { case taken, stale, invalid }

    /// Questions that a plugin has and nobody has answered.
    var openQuestions: Int { asked.count }
    /// Verdicts that are kept.
    var keptVerdicts: Int { cache.count }

    /// [control] Forgets all verdicts: the configuration or a plugin changed.
    func forgetVerdicts() { cache.forgetAll() }

    private func askNext(_ running: Pending) {
        guard running.link < running.chain.links.count else {
            finish(running, .deny("NO_DECISION", "nobody here may decide that"), keep: false)
            return
        }
        let link = running.chain.links[running.link]
        let deadline = environment.now &+ link.deadlineNanoseconds
        let handle = asked.insert(Asked(identity: running.identity, action: running.question.action))
        guard handle != 0 else { return failed(running, "too many questions are open") }
        running.handle = handle
        let identity = running.identity
        running.cancelTimer = environment.schedule(at: deadline) { [weak self] in
            guard let self, self.asked.remove(handle) != nil else { return }
            self.environment.cancel(plugin: link.plugin, question: handle)
            self.answered(identity, handle, .failed("no answer from \(link.plugin) before the deadline"))
        }
        if !environment.decide(plugin: link.plugin, question: handle, running.question, deadline: deadline),
            asked.remove(handle) != nil
        {
            answered(identity, handle, .failed("\(link.plugin) is not there to answer"))
        }
    }

    private func answered(_ identity: AuthIdentity, _ handle: UInt64, _ verdict: Verdict) {
        environment.over(question: handle)
        guard let running = pending[identity], running.handle == handle else { return }
        running.cancelTimer?()
        running.cancelTimer = nil
        switch verdict.decision {
        case .allow, .deny, .later:
            var verdict = verdict
            verdict.plugin = running.chain.links[running.link].plugin
            finish(running, verdict, keep: true)
        case .abstain:
            running.link += 1
            askNext(running)
        case .failed:
            failed(running, verdict.detail)
        }
    }

    private func failed(_ running: Pending, _ detail: String) {
        let link = running.chain.links[running.link]
        switch link.onFailure {
        case .closed:
            var verdict = Verdict.failed(detail)
            verdict.decision = .deny
            verdict.plugin = link.plugin
            finish(running, verdict, keep: false)
        case .open:
            var verdict = Verdict.allow
            verdict.detail = "failure policy open: \(detail)"
            verdict.plugin = link.plugin
            finish(running, verdict, keep: false)
        case .stale:
            if var verdict = cache.stale(running.identity, at: environment.now) {
                verdict.detail = "failure policy stale: \(detail)"
                finish(running, verdict, keep: false)
            } else {
                var verdict = Verdict.failed(detail)
                verdict.decision = .deny
                verdict.plugin = link.plugin
                finish(running, verdict, keep: false)
            }
        }
    }

    private func finish(_ running: Pending, _ verdict: Verdict, keep: Bool) {
        pending[running.identity] = nil
        let now = environment.now
        if keep {
            var seconds: UInt64 = 0
            if running.link < running.chain.links.count, case .stale(let configured) = running.chain.links[running.link].onFailure
            {
                seconds = configured
            }
            cache.keep(verdict, for: running.identity, staleSeconds: seconds, at: now)
        }
        environment.decided(running.question, verdict, cached: false, nanoseconds: now &- running.began)
        for done in running.waiting.values { done(verdict) }
    }

    private func withdraw(_ running: Pending) {
        running.cancelTimer?()
        guard asked.remove(running.handle) != nil, running.link < running.chain.links.count else { return }
        environment.cancel(plugin: running.chain.links[running.link].plugin, question: running.handle)
    }
}

/// One number per table of handles.
enum HandleKind {
    static let connection: UInt8 = 1
    static let publication: UInt8 = 2
    static let sink: UInt8 = 3
    static let log: UInt8 = 4
    static let exchange: UInt8 = 5
    static let question: UInt8 = 6
    static let grant: UInt8 = 7
    static let operation: UInt8 = 8
    static let timer: UInt8 = 9
    static let metric: UInt8 = 10
    static let command: UInt8 = 11
    static let transform: UInt8 = 12
    static let source: UInt8 = 13
    static let fetch: UInt8 = 20
}
