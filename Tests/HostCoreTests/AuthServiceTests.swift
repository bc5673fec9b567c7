import CSluice
import HostPaths
import Synchronization
import Testing

@testable import HostCore

/// Time, timers and plugins of a test; everything on the test's own thread, posts wait until they are run.
final class FakeAuthEnvironment: AuthEnvironment, @unchecked Sendable {
    struct Asked: Equatable {
        var plugin: String
        var question: UInt64
        var stream: String
    }

    var now: UInt64 = 1_000_000_000
    var timers: [(at: UInt64, id: Int, body: @Sendable () -> Void)] = []
    var posted: [@Sendable () -> Void] = []
    var asked: [Asked] = []
    var cancelled: [UInt64] = []
    var decisions: [(reason: String, cached: Bool)] = []
    /// Plugins that aren't there.
    var absent: Set<String> = []
    private var nextTimer = 0

    func schedule(at deadline: UInt64, _ body: @escaping @Sendable () -> Void) -> @Sendable () -> Void {
        nextTimer += 1
        let id = nextTimer
        timers.append((deadline, id, body))
        return { self.timers.removeAll { $0.id == id } }
    }

    func post(_ body: @escaping @Sendable () -> Void) { posted.append(body) }

    func decide(plugin: String, question: UInt64, _ request: AuthQuestion, deadline: UInt64) -> Bool {
        guard !absent.contains(plugin) else { return false }
        asked.append(Asked(plugin: plugin, question: question, stream: request.stream?.text ?? ""))
        return true
    }

    func over(question: UInt64) {}
    func cancel(plugin: String, question: UInt64) { cancelled.append(question) }

    func decided(_ question: AuthQuestion, _ verdict: Verdict, cached: Bool, nanoseconds: UInt64) {
        decisions.append((verdict.reason, cached))
    }

    func runPosted() {
        while !posted.isEmpty { posted.removeFirst()() }
    }

    /// Lets time pass; timers fire in order.
    func pass(_ nanoseconds: UInt64) {
        let end = now + nanoseconds
        while let next = timers.filter({ $0.at <= end }).min(by: { $0.at < $1.at }) {
            timers.removeAll { $0.id == next.id }
            now = max(now, next.at)
            next.body()
        }
        now = end
    }
}

/// One question at a time per identity, one answer per question, a verdict for everybody who waits.
@Suite struct AuthServiceTests {
    private static let second: UInt64 = 1_000_000_000
    private let environment = FakeAuthEnvironment()
    private let service: AuthService
    private let verdicts = Collected()

    /// Who was told what, in order.
    final class Collected: @unchecked Sendable { var all: [(who: String, verdict: Verdict)] = [] }

    init() { service = AuthService(environment: environment, cacheEntries: 100) }

    private func chain(_ links: [(String, AuthChain.FailurePolicy)] = [("a", .closed)], deadline: UInt64 = second) -> AuthChain {
        AuthChain(open: false, links: links.map { AuthChain.Link(plugin: $0.0, onFailure: $0.1, deadlineNanoseconds: deadline) })
    }

    private func question(_ action: AuthQuestion.Action = .publish, stream: String = "x", token: String = "t") throws
        -> AuthQuestion
    {
        var question = AuthQuestion(action: action, app: try #require(Name("live")), stream: Name(stream))
        question.query = [("token", token)]
        question.peerAddress = "192.0.2.1"
        return question
    }

    @discardableResult
    private func ask(_ who: String, _ question: AuthQuestion, _ chain: AuthChain) -> AuthService.Ticket? {
        service.ask(question, chain: chain) { [verdicts] in verdicts.all.append((who, $0)) }
    }

    /// The plugin's answer to the question that it was asked last.
    @discardableResult
    private func answer(_ verdict: Verdict, to question: UInt64? = nil) -> AuthService.AnswerStatus {
        let status = service.answer(question ?? environment.asked.last?.question ?? 0) { _ in verdict }
        environment.runPosted()
        return status
    }

    private func allow(ttl: UInt64 = 0) -> Verdict {
        var verdict = Verdict.allow
        verdict.ttlMilliseconds = ttl
        return verdict
    }

    private var told: [String] {
        verdicts.all.map { "\($0.who) \($0.verdict.decision)\($0.verdict.reason.isEmpty ? "" : " \($0.verdict.reason)")" }
    }

    @Test func anOpenAppAsksNobody() throws {
        ask("v", try question(), AuthChain(open: true, links: []))
        #expect(told == ["v allow"] && environment.asked.isEmpty)
    }

    @Test func nothingDefinitiveIsADenial() throws {
        ask("none", try question(), chain([]))
        #expect(told == ["none deny NO_DECISION"])
        ask("all abstain", try question(), chain([("a", .closed), ("b", .open)]))
        answer(Verdict(.abstain))
        answer(Verdict(.abstain))
        #expect(environment.asked.map(\.plugin) == ["a", "b"])
        #expect(told.last == "all abstain deny NO_DECISION")
        #expect(environment.timers.isEmpty)
    }

    @Test func abstainPassesOnAndTheFirstDefinitiveAnswerWins() throws {
        ask("v", try question(), chain([("a", .closed), ("b", .closed), ("c", .closed)]))
        answer(Verdict(.abstain))
        answer(.deny("BAD_TOKEN", "no"))
        #expect(environment.asked.map(\.plugin) == ["a", "b"])
        #expect(told == ["v deny BAD_TOKEN"] && verdicts.all[0].verdict.plugin == "b")
    }

    @Test func identicalQuestionsAreOne() throws {
        for who in ["1", "2", "3"] { ask(who, try question(), chain()) }
        ask("other", try question(token: "u"), chain())
        #expect(environment.asked.count == 2)
        answer(allow(), to: environment.asked[0].question)
        #expect(Set(told) == ["1 allow", "2 allow", "3 allow"])
        answer(.deny("X", "x"))
        #expect(told.last == "other deny X")
    }

    /// Everything but the peer's port is in the key; above all the token.
    @Test func identity() throws {
        let key = [UInt8](repeating: 7, count: 32)
        let base = try question()
        func differs(_ change: (inout AuthQuestion) -> Void) -> Bool {
            var other = base
            change(&other)
            return other.identity(key: key) != base.identity(key: key)
        }
        #expect(!differs { _ in })
        #expect(!differs { $0.peerPort = 99 })
        #expect(differs { $0.query = [("token", "u")] })
        #expect(differs { $0.query = [("toke", "nt")] })
        #expect(
            differs {
                $0.query = []; $0.credentials = [("token", "t")]
            }, "a query is no credential")
        #expect(differs { $0.query = [("token", "t"), ("a", "b")] })
        #expect(differs { $0.action = .play })
        #expect(differs { $0.stream = Name("y") })
        #expect(differs { $0.peerAddress = "192.0.2.2" })
        #expect(differs { $0.context = "c" })
        #expect(differs { $0.path = "p" })
        #expect(differs { $0.rawStream = "x?token=t" })
        #expect(differs { $0.url = "rtmp://h/live" })
        #expect(differs { $0.hostName = "h" })
        #expect(differs { $0.port = 1 })
        #expect(differs { $0.tls = true })
        #expect(differs { $0.scheme = "rtmps" })
        #expect(base.identity(key: [1]) != base.identity(key: key), "keyed")
    }

    @Test func verdictsAreKeptForTheirTime() throws {
        let question = try question()
        ask("1", question, chain())
        answer(allow(ttl: 5000))
        environment.pass(4 * Self.second)
        ask("2", question, chain())
        #expect(environment.asked.count == 1 && told == ["1 allow", "2 allow"] && environment.decisions.last?.cached == true)
        environment.pass(Self.second)
        ask("3", question, chain())
        #expect(environment.asked.count == 2, "the ttl is over")
        var shut = Verdict.deny("SHUT", "shut")
        shut.ttlMilliseconds = 1000
        answer(shut)
        ask("4", question, chain())
        #expect(environment.asked.count == 2 && told.last == "4 deny SHUT", "denials are kept, too")
        service.forgetVerdicts()
        ask("5", question, chain())
        #expect(environment.asked.count == 3)
    }

    @Test func withoutTimeToLiveNothingIsKept() throws {
        ask("1", try question(), chain())
        answer(allow())
        ask("2", try question(), chain())
        #expect(environment.asked.count == 2 && service.keptVerdicts == 0)
    }

    @Test func theDeadlineIsTheHosts() throws {
        ask("v", try question(), chain(deadline: 3 * Self.second))
        environment.pass(2 * Self.second)
        #expect(told.isEmpty)
        environment.pass(Self.second)
        #expect(told == ["v deny BACKEND_DOWN"] && verdicts.all[0].verdict.httpStatus == 503)
        #expect(environment.cancelled == environment.asked.map(\.question))
        #expect(answer(allow()) == .stale, "a late answer changes nothing")
        #expect(told.count == 1 && service.openQuestions == 0)
    }

    @Test func aSlowPluginDelaysNobodyElse() throws {
        ask("slow", try question(), chain([("slow", .closed)]))
        ask("quick", try question(), AuthChain(open: false, links: chain([("quick", .closed)]).links))
        // The same question in another chain is the same identity: it waits. Another stream does not.
        ask("other", try question(stream: "y"), chain([("quick", .closed)]))
        answer(allow())
        #expect(told == ["other allow"])
    }

    @Test func failurePolicies() throws {
        ask("closed", try question(stream: "a"), chain([("x", .closed), ("y", .closed)]))
        answer(Verdict(.failed))
        #expect(told.last == "closed deny BACKEND_DOWN")
        ask("open", try question(stream: "b"), chain([("x", .open)]))
        answer(Verdict(.failed))
        #expect(told.last == "open allow")
        environment.absent = ["z"]
        ask("absent", try question(stream: "c"), chain([("z", .closed)]))
        #expect(told.last == "absent deny BACKEND_DOWN")
        ask("absent, open", try question(stream: "d"), chain([("z", .open)]))
        #expect(told.last == "absent, open allow")
        #expect(service.keptVerdicts == 0 && service.openQuestions == 0, "what a policy said is not kept")
    }

    @Test func staleVerdictsBridgeAnOutage() throws {
        let chain = chain([("x", .stale(seconds: 30))])
        ask("1", try question(), chain)
        answer(allow())
        environment.pass(29 * Self.second)
        ask("2", try question(), chain)
        answer(Verdict(.failed))
        #expect(told.last == "2 allow")
        ask("another token", try question(token: "u"), chain)
        answer(Verdict(.failed))
        #expect(told.last == "another token deny BACKEND_DOWN")
        environment.pass(2 * Self.second)
        ask("3", try question(), chain)
        answer(Verdict(.failed))
        #expect(told.last == "3 deny BACKEND_DOWN", "too old")
    }

    @Test func aDenialEndsWhatWasAllowedBefore() throws {
        let chain = chain([("x", .stale(seconds: 30))])
        ask("1", try question(), chain)
        answer(allow())
        ask("2", try question(), chain)
        answer(.deny("REVOKED", "no more"))
        ask("3", try question(), chain)
        answer(Verdict(.failed))
        #expect(told == ["1 allow", "2 deny REVOKED", "3 deny BACKEND_DOWN"])
    }

    @Test func aSecondAnswerIsStale() throws {
        ask("v", try question(), chain())
        #expect(answer(allow()) == .taken)
        #expect(answer(.deny("X", "x")) == .stale)
        #expect(answer(allow(), to: 12345) == .stale)
        #expect(told == ["v allow"])
    }

    @Test func anAnswerBeforeDecideReturnsCounts() throws {
        // The answer is posted from inside decide; the deadline's timer is gone with it.
        ask("v", try question(), chain())
        #expect(service.answer(environment.asked[0].question) { _ in .allow } == .taken)
        #expect(told.isEmpty, "never from inside the plugin's own call")
        environment.runPosted()
        #expect(told == ["v allow"] && environment.timers.isEmpty)
    }

    @Test func aVerdictThatBreaksItsContractIsAFailure() throws {
        ask("v", try question(), chain())
        #expect(service.answer(environment.asked[0].question) { _ in nil } == .invalid)
        environment.runPosted()
        #expect(told == ["v deny BACKEND_DOWN"])
    }

    @Test func whenNobodyWaitsThePluginHearsIt() throws {
        let first = ask("1", try question(), chain())
        let second = ask("2", try question(), chain())
        service.forget(try #require(first))
        #expect(environment.cancelled.isEmpty)
        service.forget(try #require(second))
        #expect(environment.cancelled == [environment.asked[0].question])
        #expect(answer(allow()) == .stale && told.isEmpty && environment.timers.isEmpty)
        ask("3", try question(), chain())
        #expect(environment.asked.count == 2, "asked anew")
        service.forget(try #require(first))
        answer(allow())
        #expect(told == ["3 allow"])
    }
}

/// Verdicts from C, checked.
@Suite struct VerdictTests {
    private func verdict(_ action: AuthQuestion.Action = .publish, _ change: (inout sluice_verdict) -> Void) -> Verdict? {
        var raw = sluice_verdict()
        raw.struct_size = UInt32(MemoryLayout<sluice_verdict>.size)
        raw.decision = SLUICE_VERDICT_ALLOW
        change(&raw)
        return Verdict(raw, action: action)
    }

    @Test func zeroIsNeutral() {
        #expect(verdict { _ in } == .allow)
        #expect(verdict { $0.decision = 0 }?.decision == .abstain)
    }

    @Test func brokenOnesAreRefused() {
        #expect(verdict { $0.decision = 9 } == nil)
        #expect(verdict { $0.attribute_count = 65 } == nil)
        #expect(verdict(.publish) { $0.decision = SLUICE_VERDICT_LATER } == nil)
        #expect(verdict(.connect) { $0.decision = SLUICE_VERDICT_LATER }?.decision == .later)
        let names = ["..", "a/b", "a\u{7}", String(repeating: "x", count: 256)]
        for name in names {
            BorrowedText.with(name) { name in #expect(verdict { $0.stream = name } == nil) }
        }
    }

    @Test func longTextsAreCut() {
        BorrowedText.with(String(repeating: "r", count: 9000)) { text in
            let made = verdict {
                $0.reason = text
                $0.message = text
                $0.context = text
                $0.http_status = 200
                $0.ttl_ms = .max
            }
            #expect(made?.reason.utf8.count == 64 && made?.message.utf8.count == 512 && made?.context.utf8.count == 4096)
            #expect(made?.httpStatus == 0 && made?.ttlMilliseconds == 86_400_000)
        }
    }
}

@Suite struct VerdictCacheTests {
    private func identity(_ number: Int) -> AuthIdentity { AuthIdentity(digest: Array("\(number)".utf8)) }

    private var kept: Verdict {
        var verdict = Verdict.allow
        verdict.ttlMilliseconds = 1000
        return verdict
    }

    @Test(arguments: [1, 2, 3, 4, 10, 1000])
    func isBounded(_ limit: Int) {
        var cache = VerdictCache(limit: limit)
        for number in 0..<5000 {
            cache.keep(kept, for: identity(number), staleSeconds: 0, at: 0)
            #expect(cache.count <= limit)
        }
        #expect(cache.fresh(identity(4999), at: 0) != nil, "the newest stays")
        #expect(cache.fresh(identity(0), at: 0) == nil, "the oldest goes")
        cache.forgetAll()
        #expect(cache.count == 0)
    }

    @Test func noneAreKeptWhenNoneMayBe() {
        var cache = VerdictCache(limit: 0)
        cache.keep(kept, for: identity(1), staleSeconds: 30, at: 0)
        #expect(cache.count == 0)
    }

    @Test func failuresAndAbstentionsAreNotKept() {
        var cache = VerdictCache(limit: 10)
        for decision in [Verdict.Decision.abstain, .failed] {
            var verdict = Verdict(decision)
            verdict.ttlMilliseconds = 1000
            cache.keep(verdict, for: identity(1), staleSeconds: 30, at: 0)
        }
        #expect(cache.count == 0)
    }
}
