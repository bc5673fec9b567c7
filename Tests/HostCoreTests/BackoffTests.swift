import Testing

@testable import HostCore

/// How long what failed waits before it is tried again.
@Suite struct BackoffTests {
    private static let second: UInt64 = 1_000_000_000

    @Test func itDoublesUpToHalfAMinute() {
        var backoff = Backoff()
        let waits = (1...12).map { _ in backoff.fails(at: Self.second) / 1_000_000 }
        #expect(waits == [100, 200, 400, 800, 1600, 3200, 6400, 12800, 25600, 30000, 30000, 30000])
        #expect(backoff.isHopeless)
        for _ in 0..<100 { _ = backoff.fails(at: Self.second) }
        #expect(backoff.fails(at: Self.second) == 30 * Self.second)
    }

    @Test func whatRanForLongBeginsAnew() {
        var backoff = Backoff()
        for _ in 0..<3 { _ = backoff.fails(at: Self.second) }
        backoff.begins(at: 2 * Self.second)
        #expect(backoff.fails(at: 11 * Self.second) == 800_000_000)
        backoff.begins(at: 12 * Self.second)
        #expect(backoff.fails(at: 22 * Self.second) == 100_000_000 && !backoff.isHopeless)
    }

    @Test func whatIsAwayIsWaitedForWithoutCounting() {
        var backoff = Backoff()
        for tenth in 0..<100 { #expect(backoff.waits(at: Self.second + UInt64(tenth) * 100_000_000) == 100_000_000) }
        #expect(backoff.failures == 0)
        _ = backoff.waits(at: 11 * Self.second)
        #expect(backoff.failures == 1)
        backoff.begins(at: 12 * Self.second)
        #expect(backoff.waits(at: 13 * Self.second) == 100_000_000 && backoff.failures == 1)
    }
}
