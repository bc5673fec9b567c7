/// Where a player may begin: the offset of a record, and the bytes that only newcomers need before it.
struct JoinPoint {
    var offset: UInt64
    var prefix: [UInt8]
}

/// What newcomers and the reclaiming writer agree on, under one lock; nobody takes it while merely flushing.
struct JoinState {
    /// Latest join point still held, nil before the first or when its GOP outgrew the retention.
    var latest: JoinPoint?
    /// Oldest offset that may still be read.
    var tail: UInt64 = 0
    /// Where players go on once they have read this log to its end.
    var successor: Successor?
    /// Why the log ended, for players closed at its end.
    var reason = ""

    struct Successor {
        let log: BroadcastLog
        let entry: UInt64
        let bridge: [UInt8]
    }
}
