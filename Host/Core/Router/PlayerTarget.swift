import HostNet

/// Somebody who wants to play: a protocol session or an HTTP exchange. Made on its own loop, answered there.
protocol PlayerTarget: AnyObject, Sendable {
    /// Unique in the process.
    var playerID: UInt64 { get }
    /// Where the calls below are made.
    var playerLane: Lane { get }
    /// The stream is not on air yet.
    func playerWaits()
    /// It waits for another stream from here on, a rendition of what it asked for. Nothing, unless that is still what it wishes.
    func playerGets(_ wish: PlayerWish, insteadOf asked: PlayerWish)
    /// Here is the log: attach to it. Whoever attaches tells the sink, and tells it again when it has gone.
    func playerJoins(_ sink: SinkInstance, _ log: BroadcastLog)
    /// It will not play, or not any more.
    func playerEnds(_ reason: String)
}

/// What a player asks for.
struct PlayerWish: Sendable {
    var grant: Grant
    var format: String
    var variant: String
    var head: [UInt8]
    var pace: BroadcastPace?
    /// Nanoseconds; nil: the app's.
    var wait: UInt64?
    /// What it plays, as its session (the word `plays`) or its output's manifest says; empty: not known.
    var codecs: [UInt32] = []
}
