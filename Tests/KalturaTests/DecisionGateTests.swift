import KalturaCore
import Synchronization
import Testing

private final class Counter: Sendable {
    private let count = Mutex(0)
    var value: Int { count.withLock { $0 } }
    func add() { count.withLock { $0 += 1 } }
}

@Suite struct DecisionGateTests {
    let question: CatalogueQuestion

    init() throws {
        let id = try #require(EntryID("0_ab12cd34"))
        let credentials = Credentials(entry: id, partner: 102, server: .primary, token: Token("a1b2c3d4"))
        question = CatalogueQuestion(credentials: credentials, source: "192.0.2.1", hostname: nil, now: 0)
    }

    private func asked(_ source: String) -> CatalogueQuestion {
        var copy = question
        copy.source = source
        return copy
    }

    @Test func `twenty connects at once are one question`() async {
        let gate = DecisionGate()
        let calls = Counter()
        let entry = LiveEntry(id: question.credentials.entry, partner: 102)
        let good = await withTaskGroup(of: Bool.self) { group in
            for i in 0..<20 {
                group.addTask {
                    let answer = await gate.decide(asked("192.0.2.\(i)"), clock: { 1 }) { _ in
                        calls.add()
                        try? await Task.sleep(for: .milliseconds(100))
                        return .success(entry)
                    }
                    return answer == .success(entry)
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(good == 20)
        #expect(calls.value == 1)
    }

    @Test func `an answer about one source is not another's`() async {
        let gate = DecisionGate()
        let calls = Counter()
        let entry = LiveEntry(id: question.credentials.entry, partner: 102)
        async let denied = gate.decide(asked("bad"), clock: { 1 }) { _ in
            calls.add()
            try? await Task.sleep(for: .milliseconds(200))
            return .failure(Refusal(.noPermission))
        }
        try? await Task.sleep(for: .milliseconds(50))
        let allowed = await gate.decide(asked("good"), clock: { 1 }) { _ in
            calls.add()
            return .success(entry)
        }
        #expect(allowed == .success(entry))
        #expect(await denied == .failure(Refusal(.noPermission)))
        #expect(calls.value == 2)
    }

    @Test func `who waits while the back end is down hears it at once`() async {
        let gate = DecisionGate()
        let (calls, begun) = (Counter(), Counter())
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<10 {
                group.addTask {
                    begun.add()
                    let answer = await gate.decide(question, clock: { 1 }) { _ in
                        calls.add()
                        // All are there before the first one is told: on a busy machine they come one by one.
                        for _ in 0..<6000 where begun.value < 10 { try? await Task.sleep(for: .milliseconds(10)) }
                        try? await Task.sleep(for: .milliseconds(200))
                        return .failure(Refusal(.backendDown))
                    }
                    #expect(answer == .failure(Refusal(.backendDown)))
                }
            }
        }
        #expect(calls.value < 10)
    }

    @Test func `a change of the catalogue makes it ask again`() async {
        let gate = DecisionGate()
        let entry = LiveEntry(id: question.credentials.entry, partner: 102)
        _ = await gate.decide(question, clock: { 1 }) { _ in .failure(Refusal(.noEntry)) }
        #expect(await gate.decide(question, clock: { 2 }) { _ in .success(entry) } == .failure(Refusal(.noEntry)))
        gate.forget()
        #expect(await gate.decide(question, clock: { 3 }) { _ in .success(entry) } == .success(entry))
    }

    @Test func `an entry that was taken back has no grace time, others have, and who is on air prolongs it`() async throws {
        let gate = DecisionGate()
        let entry = LiveEntry(id: question.credentials.entry, partner: 102)
        var other = question
        let id = try #require(EntryID("0_zz99yy88"))
        other.credentials = Credentials(entry: id, partner: 102, server: .primary, token: Token("x"))
        for one in [question, other] {
            let opened = LiveEntry(id: one.credentials.entry, partner: 102)
            _ = await gate.decide(one, clock: { 1 }) { _ in .success(opened) }
        }
        gate.forget(entry.id)
        let away: @Sendable (CatalogueQuestion) async -> DecisionGate.Answer = { _ in .failure(Refusal(.backendDown)) }
        #expect(await gate.decide(question, clock: { 2 }, ask: away) == .failure(Refusal(.backendDown)))
        #expect(await gate.decide(other, clock: { 20_000 }, ask: away) == .success(LiveEntry(id: id, partner: 102)))
        gate.renew(DecisionKey(question.credentials), entry, now: 5_000_000)
        #expect(await gate.decide(question, clock: { 5_500_000 }, ask: away) == .success(entry))
        #expect(await gate.decide(question, clock: { 5_600_001 }, ask: away) == .failure(Refusal(.backendDown)))
    }

    @Test func `an input is on air while any of its streams is`() {
        var inputs = LiveInputs()
        #expect(inputs.began("0_ab12cd34_1")?.server == .primary)
        #expect(inputs.began("0_ab12cd34_2") == nil)
        #expect(inputs.began("0_ab12cd34_1~b")?.server == .backup)
        #expect(inputs.began("other") == nil)
        #expect(inputs.all.count == 2)
        #expect(inputs.ended("0_ab12cd34_1") == nil)
        #expect(inputs.ended("0_ab12cd34_2")?.entry == question.credentials.entry)
        #expect(inputs.ended("0_ab12cd34_2") == nil)
        #expect(inputs.all.map(\.server) == [.backup])
    }
}
