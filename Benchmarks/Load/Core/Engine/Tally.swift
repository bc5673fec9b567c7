/// What one connection has read, and when.
struct Tally {
    private(set) var bytes: UInt64 = 0
    private(set) var started: UInt64 = 0
    /// When it had its first key frame; 0: not yet.
    var ready: UInt64 = 0
    private var atStart: UInt64 = 0
    private var atEnd: UInt64?
    private var lastReceived: UInt64 = 0
    private(set) var longestSilence: UInt64 = 0

    var isReady: Bool { ready != 0 }
    /// Bytes read in the window.
    var inWindow: UInt64 {
        let end = atEnd ?? bytes
        return end > atStart ? end - atStart : 0
    }

    mutating func begin(at now: UInt64) {
        started = now
        lastReceived = now
        ready = 0
    }

    mutating func received(_ count: Int, at now: UInt64, counting: Bool) {
        bytes += UInt64(count)
        if counting, now > lastReceived { longestSilence = max(longestSilence, now - lastReceived) }
        lastReceived = now
    }

    mutating func windowOpens(at now: UInt64) {
        atStart = bytes
        lastReceived = now
        longestSilence = 0
    }

    mutating func windowCloses(at now: UInt64) {
        atEnd = bytes
        if now > lastReceived { longestSilence = max(longestSilence, now - lastReceived) }
    }
}
