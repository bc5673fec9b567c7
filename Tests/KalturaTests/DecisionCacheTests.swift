import KalturaCore
import Testing

@Suite struct DecisionCacheTests {
    let entry: LiveEntry
    let right: DecisionKey
    let wrong: DecisionKey

    init() throws {
        let id = try #require(EntryID("0_ab12cd34"))
        entry = LiveEntry(id: id, partner: 102)
        right = DecisionKey(Credentials(entry: id, partner: 102, server: .primary, token: Token("a1b2c3d4")))
        wrong = DecisionKey(Credentials(entry: id, partner: 102, server: .primary, token: Token("00000000")))
    }

    private func key(_ token: String, partner: Int32? = 102, server: ServerIndex = .primary) -> DecisionKey {
        DecisionKey(Credentials(entry: entry.id, partner: partner, server: server, token: Token(token)))
    }

    /// Asks, answers, and says for how long the answer holds.
    private func refuse(
        _ cache: inout DecisionCache, _ key: DecisionKey, _ reason: RefusalReason, at now: UInt64, source: String = "s"
    ) -> UInt64 {
        #expect(cache.begin(key, source: source, now: now, wall: 0) == .ask)
        _ = cache.finish(key, source: source, result: .failure(Refusal(reason)), now: now, wall: 0)
        var held: UInt64 = 0
        for step in stride(from: UInt64(0), through: 60_000, by: 500) {
            var copy = cache
            guard case .refuse = copy.begin(key, source: source, now: now + step, wall: 0) else { break }
            held = step + 500
        }
        return held
    }

    @Test func `a positive answer holds ten seconds, for its key only`() {
        var cache = DecisionCache()
        #expect(cache.begin(right, source: "s", now: 0, wall: 0) == .ask)
        #expect(cache.begin(right, source: "t", now: 1, wall: 0) == .wait)
        _ = cache.finish(right, source: "s", result: .success(entry), now: 5, wall: 0)
        #expect(cache.begin(right, source: "t", now: 10_004, wall: 0) == .allow(entry))
        #expect(cache.begin(right, source: "t", now: 10_005, wall: 0) == .ask)
        for other in [wrong, key("a1b2c3d4", partner: 103), key("a1b2c3d4", server: .backup), key("a1b2c3d4", partner: nil)] {
            #expect(cache.begin(other, source: "s", now: 6, wall: 0) == .ask)
        }
    }

    @Test func `the wrong token is refused while the right one is remembered`() {
        var cache = DecisionCache()
        _ = cache.begin(right, source: "s", now: 0, wall: 0)
        _ = cache.finish(right, source: "s", result: .success(entry), now: 0, wall: 0)
        _ = refuse(&cache, wrong, .badToken, at: 1)
        #expect(cache.begin(wrong, source: "s", now: 2, wall: 0) == .refuse(Refusal(.badToken)))
        #expect(cache.begin(right, source: "s", now: 2, wall: 0) == .allow(entry))
    }

    @Test func `a hundred wrong tokens do not delay the right one`() {
        var cache = DecisionCache()
        for i in 0..<100 { _ = refuse(&cache, key("wrong\(i)"), .badToken, at: UInt64(i)) }
        #expect(cache.begin(right, source: "s", now: 100, wall: 0) == .ask)
        _ = cache.finish(right, source: "s", result: .success(entry), now: 100, wall: 0)
        #expect(cache.begin(right, source: "s", now: 101, wall: 0) == .allow(entry))
    }

    @Test func `a negative answer holds two seconds, then twice as long each time, up to thirty`() {
        var cache = DecisionCache()
        var now: UInt64 = 0
        var lives: [UInt64] = []
        for _ in 0..<7 {
            let life = refuse(&cache, wrong, .badToken, at: now)
            lives.append(life)
            now += life
        }
        #expect(lives == [2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000])
        #expect(refuse(&cache, wrong, .badToken, at: now + 120_000) == 2000)
    }

    @Test func `a negative answer is for one source, and one right answer ends it`() {
        var cache = DecisionCache()
        _ = refuse(&cache, wrong, .noEntry, at: 0)
        #expect(cache.begin(wrong, source: "other", now: 1, wall: 0) == .ask)
        _ = cache.finish(wrong, source: "s", result: .success(entry), now: 2, wall: 0)
        #expect(cache.begin(wrong, source: "s", now: 3, wall: 0) == .allow(entry))
    }

    @Test(
        arguments: [(.quota, 5000), (.noPermission, 5000), (.onAirElsewhere, 5000), (.backendDown, 0), (.blocked, 2000)]
            as [(RefusalReason, UInt64)])
    func `each reason holds as long as the specification says`(reason: RefusalReason, life: UInt64) {
        var cache = DecisionCache()
        #expect(refuse(&cache, wrong, reason, at: 0) == life)
    }

    @Test func `a refusal ends the remembered permission`() {
        var cache = DecisionCache()
        _ = cache.begin(right, source: "s", now: 0, wall: 0)
        _ = cache.finish(right, source: "s", result: .success(entry), now: 0, wall: 0)
        _ = refuse(&cache, right, .blocked, at: 10_000, source: "t")
        #expect(cache.begin(right, source: "u", now: 10_001, wall: 0) == .ask)
    }

    @Test func `while the back end is down, what was good within the grace time stays good`() {
        var cache = DecisionCache()
        let down = Result<LiveEntry, Refusal>.failure(Refusal(.backendDown))
        _ = cache.begin(right, source: "s", now: 0, wall: 0)
        _ = cache.finish(right, source: "s", result: .success(entry), now: 0, wall: 0)
        _ = cache.begin(right, source: "s", now: 599_999, wall: 0)
        #expect(cache.finish(right, source: "s", result: down, now: 599_999, wall: 0) == .success(entry))
        #expect(cache.begin(right, source: "s", now: 600_000, wall: 0) == .ask)
        #expect(cache.finish(right, source: "s", result: down, now: 600_000, wall: 0) == down)
        _ = cache.begin(wrong, source: "s", now: 1, wall: 0)
        #expect(cache.finish(wrong, source: "s", result: down, now: 1, wall: 0) == down)
    }

    @Test func `a remembered permission still asks for the source and the time`() {
        var limited = entry
        limited.allowedSources = SourceList("192.0.2.0/24")
        limited.validTo = 1000
        var cache = DecisionCache()
        _ = cache.begin(right, source: "192.0.2.1", now: 0, wall: 0)
        _ = cache.finish(right, source: "192.0.2.1", result: .success(limited), now: 0, wall: 0)
        #expect(cache.begin(right, source: "192.0.2.9", now: 1, wall: 999) == .allow(limited))
        for (source, wall) in [("198.51.100.1", Int64(0)), ("192.0.2.1", 1000)] {
            guard case .refuse(let refusal) = cache.begin(right, source: source, now: 1, wall: wall) else {
                Issue.record("allowed")
                continue
            }
            #expect(refusal.reason == .noPermission)
        }
        #expect(!DecisionCache.isShared(.failure(Refusal(.noPermission))))
        #expect(DecisionCache.isShared(.failure(Refusal(.badToken))))
    }

    @Test func `a flood of wrong tokens grows nothing beyond the limit`() {
        var limits = DecisionCache.Limits()
        limits.entries = 50
        var cache = DecisionCache(limits)
        _ = cache.begin(right, source: "s", now: 0, wall: 0)
        _ = cache.finish(right, source: "s", result: .success(entry), now: 0, wall: 0)
        for i in 0..<1000 {
            let key = key("t\(i)")
            _ = cache.begin(key, source: "s", now: 1, wall: 0)
            _ = cache.finish(key, source: "s", result: .failure(Refusal(.badToken)), now: 1, wall: 0)
            #expect(cache.counts.negative <= 50)
        }
        #expect(cache.begin(right, source: "s", now: 2, wall: 0) == .allow(entry))
        cache.forget()
        #expect(cache.counts == (0, 0))
    }
}
