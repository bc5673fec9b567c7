// The end of taking work: who publishes or watches goes on, nobody new comes. Each session is told, so that a protocol with words for it
// (Enhanced RTMP's reconnect request) sends its peer elsewhere.
//
// New: an RTMP connect, publish or play is refused in the protocol's words (its plugin gets a DENY with the reason DRAINING); on the
// media listeners everything but the children of a playlist that somebody has already is answered 503 with Retry-After; /readyz says
// 503. The admin listener goes on. A verdict that is asked for again for a session that is on is asked as ever.

import HostConfig
import HostHTTP
import HostNet

extension Server {
    static let drainingText = "the server is about to stop; try again in a few seconds"
    static let stoppingText = "the server is about to stop"
    static let retryAfterSeconds = 5

    /// [any] Nothing new is taken any more.
    var isDraining: Bool { draining.load(ordering: .acquiring) }

    /// [any] Stops taking work. Once; `stop` follows.
    public func beginDrain() {
        guard draining.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged else { return }
        isReady.store(false, ordering: .releasing)
        let milliseconds = configuration.drainMilliseconds
        options.notify?.send("STOPPING=1", "EXTEND_TIMEOUT_USEC=\((milliseconds + Self.farewellMilliseconds) * 1000)")
        let publishers = peersPublishing
        log.notice(
            "stopping",
            ["publishers": "\(publishers)", "drain_limit": publishers > 0 ? "\(milliseconds) ms" : "none: nobody publishes"])
        events.emit("server.draining", ["publishers": .integer(Int64(publishers)), "limit_ms": .integer(Int64(milliseconds))])
        let limit = UInt64(max(milliseconds, 0)) * 1_000_000
        for session in sessions.values { session.drain(Self.stoppingText, limit: limit) }
    }

    /// Publications that somebody else brings: the host's own have no end of their own to wait for.
    private var peersPublishing: Int { publications.handles { $0.origin == .session }.count }

    /// What saying goodbye may take on top of waiting.
    private static let farewellMilliseconds = 10_000

    /// Stops taking work and waits until nobody publishes, at most as long as `[host] drain_s` says, less what the goodbyes take.
    /// Blocks; never on a loop.
    public func drain() {
        beginDrain()
        let limit = configuration.drainMilliseconds
        let wait = UInt64(max(limit - min(limit / 5, 2_000), 0)) * 1_000_000
        let begun = now
        while peersPublishing > 0, now &- begun < wait { usleepMilliseconds(20) }
        let left = peersPublishing
        if left > 0 { log.notice("the drain limit is over", ["publishers": "\(left)"]) }
    }
}
