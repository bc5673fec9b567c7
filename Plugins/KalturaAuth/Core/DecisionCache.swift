/// What was decided lately, and who is being asked now (SPEC §3.3, §4 last rule).
///
/// Owns remembered answers, bounded in number. Positive answers hold for `positiveMilliseconds` and, while the back end is down,
/// for the grace time. Negative answers hold per (key, source), so that no wrong token ever stands in the way of the right one,
/// nor one source's mistakes in the way of another's. Times are milliseconds of a clock that never goes back. Not thread-safe.
public struct DecisionCache: Sendable {
    public struct Limits: Hashable, Sendable {
        /// `auth_cache_ms`.
        public var positiveMilliseconds: UInt64 = 10_000
        /// The first negative answer's life; each further one doubles it.
        public var firstNegativeMilliseconds: UInt64 = 2_000
        /// `auth_negative_max_ms`.
        public var maximumNegativeMilliseconds: UInt64 = 30_000
        /// What QUOTA, NO_PERMISSION and ON_AIR_ELSEWHERE hold (§6.1).
        public var shortNegativeMilliseconds: UInt64 = 5_000
        /// `grace_seconds`, in milliseconds; 0: off.
        public var graceMilliseconds: UInt64 = 600_000
        /// Most answers of either sign.
        public var entries = 10_000
        public init() {}
    }

    /// What to do with a question.
    public enum Step: Hashable, Sendable {
        case allow(LiveEntry)
        case refuse(Refusal)
        /// Ask the catalogue, then call `finish` with the same key.
        case ask
        /// Somebody asks already: wait for that answer and use it if `isShared`, else begin again.
        case wait
    }

    struct Positive { var entry: LiveEntry, at: UInt64 }
    struct NegativeKey: Hashable { var key: DecisionKey, source: String }
    struct Negative { var refusal: Refusal, until: UInt64, life: UInt64 }

    private var limits: Limits
    private var positive: [DecisionKey: Positive] = [:]
    private var negative: [NegativeKey: Negative] = [:]
    private var asking: Set<DecisionKey> = []

    public init(_ limits: Limits = Limits()) { self.limits = limits }

    /// Begins a question. `now`: milliseconds; `wall`: unix seconds, for an entry's validity.
    public mutating func begin(_ key: DecisionKey, source: String, now: UInt64, wall: Int64) -> Step {
        if let known = positive[key], now &- known.at < limits.positiveMilliseconds {
            if let refusal = known.entry.objection(source: source, now: wall) { return .refuse(refusal) }
            return .allow(known.entry)
        }
        if let known = negative[NegativeKey(key: key, source: source)], now < known.until { return .refuse(known.refusal) }
        return asking.insert(key).inserted ? .ask : .wait
    }

    /// Ends a question that `begin` answered with `ask`; returns what holds, which differs from `result` only in the grace time.
    public mutating func finish(
        _ key: DecisionKey, source: String, result: Result<LiveEntry, Refusal>, now: UInt64, wall: Int64
    ) -> Result<LiveEntry, Refusal> {
        asking.remove(key)
        switch result {
        case .success(let entry):
            makeRoom(now)
            positive[key] = Positive(entry: entry, at: now)
            negative[NegativeKey(key: key, source: source)] = nil
            return result
        case .failure(let refusal) where refusal.cause == .backendDown:
            guard let known = positive[key], now &- known.at < limits.graceMilliseconds,
                known.entry.objection(source: source, now: wall) == nil
            else { return result }
            return .success(known.entry)
        case .failure(let refusal):
            // The catalogue's word is newer than ours, unless it was about this one source.
            if refusal.cause != .noPermission { positive[key] = nil }
            remember(refusal, NegativeKey(key: key, source: source), now)
            return result
        }
    }

    /// A publisher that `key` let in is still on air with the back end's consent: the grace time counts from now.
    public mutating func renew(_ key: DecisionKey, _ entry: LiveEntry, now: UInt64) {
        makeRoom(now)
        positive[key] = Positive(entry: entry, at: now)
    }

    /// Who was let in within the grace time, and how many milliseconds ago that was known to be good.
    public func remembered(_ now: UInt64) -> [(key: DecisionKey, entry: LiveEntry, age: UInt64)] {
        positive.compactMap { key, known in
            let age = now &- known.at
            return age < limits.graceMilliseconds ? (key, known.entry, age) : nil
        }
    }

    /// Takes over what another generation remembered; what is known here is newer.
    public mutating func remember(_ others: [(key: DecisionKey, entry: LiveEntry, age: UInt64)], now: UInt64) {
        for other in others.prefix(limits.entries) where positive[other.key] == nil && other.age < limits.graceMilliseconds {
            positive[other.key] = Positive(entry: other.entry, at: now &- other.age)
        }
    }

    /// Whether who waited may take this answer as its own: not when it may be about the asker's source.
    public static func isShared(_ result: Result<LiveEntry, Refusal>) -> Bool {
        guard case .failure(let refusal) = result else { return true }
        return refusal.cause != .noPermission
    }

    /// Forgets all answers: after a change of the catalogue.
    public mutating func forget() {
        positive.removeAll()
        negative.removeAll()
    }

    /// Forgets who was let in to one entry.
    public mutating func forget(_ entry: EntryID) { positive = positive.filter { $0.key.entry != entry } }

    /// Takes other limits, and forgets; questions under way stay known.
    public mutating func adopt(_ limits: Limits) {
        self.limits = limits
        forget()
    }

    /// How many answers are remembered: positive, negative.
    public var counts: (positive: Int, negative: Int) { (positive.count, negative.count) }

    private mutating func remember(_ refusal: Refusal, _ key: NegativeKey, _ now: UInt64) {
        let life: UInt64
        switch refusal.cause {
        case .noEntry, .badToken, .blocked, .partnerMismatch:
            // Doubling goes on while the encoder comes back within twice the longest life.
            let before = negative[key].flatMap { now &- $0.until < 2 &* limits.maximumNegativeMilliseconds ? $0.life : nil }
            life = min(before.map { $0 &* 2 } ?? limits.firstNegativeMilliseconds, limits.maximumNegativeMilliseconds)
        case .quota, .noPermission, .onAirElsewhere:
            life = min(limits.shortNegativeMilliseconds, limits.maximumNegativeMilliseconds)
        default:
            return
        }
        makeRoom(now)
        negative[key] = Negative(refusal: refusal, until: now &+ life, life: life)
    }

    /// Drops what is over; when that does not help, drops all of the kind: a flood costs questions, never memory.
    private mutating func makeRoom(_ now: UInt64) {
        let keep = max(limits.positiveMilliseconds, limits.graceMilliseconds)
        if positive.count >= limits.entries {
            positive = positive.filter { now &- $0.value.at < keep }
            if positive.count >= limits.entries {
                positive = positive.filter { now &- $0.value.at < limits.positiveMilliseconds }
            }
            if positive.count >= limits.entries { positive.removeAll() }
        }
        if negative.count >= limits.entries {
            negative = negative.filter { now < $0.value.until }
            if negative.count >= limits.entries { negative.removeAll() }
        }
    }
}
