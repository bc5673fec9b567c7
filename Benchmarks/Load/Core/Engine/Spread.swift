/// How the players fared one against the other. Bytes and silences are those of healthy players.
struct Spread {
    private(set) var total: UInt64 = 0
    private(set) var least: UInt64 = 0, median: UInt64 = 0, most: UInt64 = 0
    private(set) var alive = 0, neverReady = 0, stalled = 0, slow = 0, hostile = 0
    private(set) var longestSilence: UInt64 = 0

    init(engine: Engine, seconds: Double) {
        let options = engine.options
        var read: [UInt64] = []
        for client in engine.clients where !client.isFollower {
            total += client.tally.inWindow
            if client.state != .ended { alive += 1 }
            if client.behaviour != .churn, !client.hasSettled || client.state == .ended && !client.tally.isReady {
                neverReady += 1
            }
            guard client.behaviour == .healthy else {
                hostile += 1
                continue
            }
            read.append(client.tally.inWindow)
            guard options.mode != .publish, client.state != .ended, seconds > 0 else { continue }
            if client.longestSilence > nanoseconds(options.stall) { stalled += 1 }
            longestSilence = max(longestSilence, client.longestSilence)
        }
        read.sort()
        guard let first = read.first, let last = read.last else { return }
        (least, median, most) = (first, read[read.count / 2], last)
        // A server that sends in lumps may be half a second behind at either end of the window.
        let enough = (0.95 - 0.5 / (seconds + 0.5)) * Double(median)
        if seconds > 0 { slow = read.reduce(0) { $0 + (Double($1) < enough ? 1 : 0) } }
    }
}
