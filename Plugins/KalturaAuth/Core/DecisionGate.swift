import Synchronization

/// The remembered decisions behind a lock, and who waits for one under way: one question at a time per key (SPEC §3.3).
///
/// The one part of the core that knows concurrency. It has no thread and no clock: it suspends who waits, and times are given to it.
public final class DecisionGate: Sendable {
    public typealias Answer = Result<LiveEntry, Refusal>

    /// Guards cache and waiters together; never held while the catalogue is asked.
    private let state = Mutex(State())

    private struct State {
        var cache = DecisionCache()
        var rejections = RejectionRing()
        var waiting: [DecisionKey: [CheckedContinuation<Answer, Never>]] = [:]
    }

    private enum Step {
        case answer(Answer)
        case ask
    }

    public init(_ limits: DecisionCache.Limits = DecisionCache.Limits()) { configure(limits) }

    /// Takes new limits; remembered decisions are forgotten, questions under way go on.
    public func configure(_ limits: DecisionCache.Limits) { state.withLock { $0.cache.adopt(limits) } }

    /// Forgets remembered decisions: the catalogue changed.
    public func forget() { state.withLock { $0.cache.forget() } }

    /// Forgets who was let in to one entry: the back end took it back.
    public func forget(_ entry: EntryID) { state.withLock { $0.cache.forget(entry) } }

    /// A publisher that `key` let in is still on air with the back end's consent.
    public func renew(_ key: DecisionKey, _ entry: LiveEntry, now: UInt64) {
        state.withLock { $0.cache.renew(key, entry, now: now) }
    }

    /// Who was let in within the grace time; for another generation of the plugin.
    public func remembered(_ now: UInt64) -> [(key: DecisionKey, entry: LiveEntry, age: UInt64)] {
        state.withLock { $0.cache.remembered(now) }
    }

    /// Takes over what another generation remembered.
    public func remember(_ others: [(key: DecisionKey, entry: LiveEntry, age: UInt64)], now: UInt64) {
        state.withLock { $0.cache.remember(others, now: now) }
    }

    /// The last refusals.
    public var rejections: RejectionRing { state.withLock { $0.rejections } }

    /// Notes a refusal.
    public func record(_ rejection: Rejection) { state.withLock { $0.rejections.record(rejection) } }

    /// Decides `question`, by what is remembered or by `ask`. `clock` answers milliseconds that never go back.
    public func decide(
        _ question: CatalogueQuestion, clock: @Sendable () -> UInt64, ask: @Sendable (CatalogueQuestion) async -> Answer
    ) async -> Answer {
        let key = DecisionKey(question.credentials)
        while true {
            switch await begin(key, question, at: clock()) {
            case .answer(let answer): return answer
            case .ask: return finish(key, question, await ask(question), at: clock())
            case nil: continue
            }
        }
    }

    /// Nil: the answer that was waited for was about somebody else's source; begin again.
    private func begin(_ key: DecisionKey, _ question: CatalogueQuestion, at now: UInt64) async -> Step? {
        var first: Step?
        let shared = await withCheckedContinuation { (continuation: CheckedContinuation<Answer, Never>) in
            let step: Step? = state.withLock { state in
                switch state.cache.begin(key, source: question.source, now: now, wall: question.now) {
                case .allow(let entry): return .answer(.success(entry))
                case .refuse(let refusal): return .answer(.failure(refusal))
                case .ask: return .ask
                case .wait:
                    state.waiting[key, default: []].append(continuation)
                    return nil
                }
            }
            guard let step else { return }
            first = step
            continuation.resume(returning: .failure(Refusal(.backendDown)))
        }
        if let first { return first }
        guard DecisionCache.isShared(shared) else { return nil }
        if case .success(let entry) = shared, let objection = entry.objection(source: question.source, now: question.now) {
            return .answer(.failure(objection))
        }
        return .answer(shared)
    }

    private func finish(_ key: DecisionKey, _ question: CatalogueQuestion, _ answer: Answer, at now: UInt64) -> Answer {
        let (holds, waiters) = state.withLock { state in
            let holds = state.cache.finish(key, source: question.source, result: answer, now: now, wall: question.now)
            return (holds, state.waiting.removeValue(forKey: key) ?? [])
        }
        for waiter in waiters { waiter.resume(returning: holds) }
        return holds
    }
}
