/// How much of what a viewer fetched it has left to play: it begins with its first piece and never waits.
struct PlaybackClock {
    private var begun: UInt64?
    private var fetched: UInt64 = 0
    /// The longest time for which it had nothing to play, in nanoseconds.
    private(set) var longestEmpty: UInt64 = 0

    /// A piece is there whole.
    mutating func fetched(_ seconds: Double, at now: UInt64) {
        look(at: now)
        if begun == nil { begun = now }
        // A server may claim any duration.
        fetched += nanoseconds(min(seconds, 3600))
    }

    /// Looks whether it has run dry.
    mutating func look(at now: UInt64) {
        guard let begun, now > begun + fetched else { return }
        longestEmpty = max(longestEmpty, now - begun - fetched)
    }

    mutating func windowOpens() { longestEmpty = 0 }
}
